"""The spellings of a place that residents use, from its registered name and aliases."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.normalise import normalise
from nlu.place_sounds import canonical
from nlu.understanding import Place

# What a name may lose without becoming another one, where enough is left.
_CITY = re.compile(r"^[\u4e00-\u9fff]{2,3}市(?=[\u4e00-\u9fff]{3})")
_TAIL = re.compile(
    r"(?:小区|社区|新村|新苑|花园|花苑|家园|嘉园|宿舍|家属院|家属区|生活区|安置房|村|公寓|大楼|山庄|广场|沿街)$"
)
_STEM = 3
_SHORT = 2
# Names of three characters and more that are said of any such place, not only of this one.
_COMMON = frozenset(
    [
        "客运站",
        "一号院",
        "工业园",
        "物流园",
        "人民医院",
        "大学城",
        "公租房",
        "廉租房",
        "安置房",
        "还建房",
        "老码头",
        "火车站",
        "商业街",
        "中医院",
        "职业学院",
        "机械厂",
        "造船厂",
        "家属院",
        "卫生院",
        "一医院",
    ]
)


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling; a weak one is an everyday word too and needs words of place around it."""

    spelling: str
    code: str
    is_weak: bool


def registered(place: Place) -> Iterator[Name]:
    """The name and the aliases, as the registry has them."""
    for spelling in dict.fromkeys(_spell(name) for name in (place.name, *place.aliases)):
        if len(spelling) >= _SHORT:
            yield Name(spelling, place.code, _is_weak(spelling))


def shortened(place: Place) -> Iterator[Name]:
    """What the name becomes in short: without the city, without its last word."""
    name = _spell(place.name)
    without_city = _CITY.sub("", name)
    shorter = {without_city, stem(without_city)} - {name}
    for spelling in sorted(shorter):
        if len(spelling) >= _STEM:
            yield Name(spelling, place.code, _is_weak(spelling))


def _spell(name: str) -> str:
    return canonical(normalise(name).replace(" ", ""))


def _is_weak(spelling: str) -> bool:
    return len(spelling) <= _SHORT or spelling in _COMMON


def stem(spelling: str) -> str:
    """What is this place's own in a spelling: 阳光 of 阳光花园."""
    return _TAIL.sub("", spelling) or spelling
