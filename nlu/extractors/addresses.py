"""Buildings, units and rooms, street numbers and village groups, in one form: 3栋2单元501."""

import re
from collections.abc import Iterator

from nlu.extractors import numerals
from nlu.extractors.reading import Reading
from nlu.understanding import Entity

_CN = "零〇一二三四五六七八九十百幺"
_N = rf"(?:\d{{1,3}}|[{_CN}]{{1,4}})"
_ROOM = rf"(?:[a-z]?\d{{3,4}}(?!\d)|[{_CN}]{{3,6}})"
# 度, 元, 伏 … after a number make it a quantity; so does a date's sign before or after it.
_NO_UNIT = r"(?! ?(?:\d|[-/.:]\d|v\b|伏|千瓦|kw|度|元|块|瓦|w\b|a\b|安|户|人|米|%|天|点|分|年|月|日|平|公里|毫安|ma|次))"
_BUILDING = (
    rf"(?P<building>(?<![a-z\d.#]){_N}|(?<![a-z\d])[a-z]\d{{0,3}})"
    r" ?(?:号楼|栋楼?|幢楼?|#楼|座|#(?! ?(?:公变|专变|变|箱|机|桩|充|柜|表|线|杆)))"
)
_UNIT = rf"(?P<unit>{_N}|[a-z]) ?(?:单元|门(?!口|面|店))"
_FLOOR = rf"(?:{_N} ?[楼层](?! ?(?:都|全|也|的)))?"
_FULL = re.compile(
    rf"{_BUILDING}(?: ?[-,、]? ?(?:{_UNIT}|(?P<dashed>\d{{1,2}})(?=-\d{{3}})))?(?: ?[-,]? ?{_FLOOR} ?[-,]? ?(?P<room>{_ROOM}|{_N}(?= ?(?:室|号房)))(?: ?(?:号房|室|号|房))?{_NO_UNIT})?"
)
_TRIPLE = re.compile(
    rf"(?<![\d.:/-])(?P<building>[a-z]?\d{{1,3}})[-#](?P<unit>\d{{1,2}})-(?P<room>\d{{3,4}})(?:室|号)?{_NO_UNIT}"
)
_PAIR = re.compile(
    rf"(?<![\d.:/a-z-])(?P<building>[a-z]?\d{{1,3}})-(?P<room>\d{{3,4}})(?:室|号)?{_NO_UNIT}"
)
_UNIT_ONLY = re.compile(
    rf"(?<![\d个{_CN}])(?:(?P<unit>{_N}) ?单元|(?P<door>{_N}) ?门(?= ?{_ROOM}))(?: ?-? ?{_FLOOR} ?(?P<room>{_ROOM})(?: ?(?:室|号))?{_NO_UNIT})?"
)
_ROOM_ONLY = re.compile(
    rf"(?<![\d{_CN}.-])(?P<room>[a-z]?\d{{3,4}}|[{_CN}]{{3,5}}) ?(?:室|号房|房间)"
)
_STREET = re.compile(
    rf"(?:路|街|巷|大道|胡同|里|弄|门牌号?|门牌是) ?(?P<lane>{_N} ?弄 ?)?(?P<number>\d{{1,4}}|[{_CN}]{{1,5}}) ?(?:号(?!楼|线|公变|杆|箱)(?P<sub>之[一二三\d])?)"
)
_GROUP = re.compile(
    rf"(?<![\d{_CN}])第?(?P<group>{_N}) ?(?:村民小?组|小?组)(?! ?(?:长|员|织|合|别|团|数))(?: ?(?P<number>{_N}) ?号(?!线))?"
)
# Every form above holds one of these.
_SIGN = re.compile(r"[号栋幢座#组门室-]|单元|房间")
_QUANTITY = re.compile(r"(?:这|那|整|每|哪|几|好|同|共|有|隔壁)$")
_SEVERAL = re.compile(
    rf"(?P<first>{_N})(?P<rest>(?: ?[、,和跟与] ?{_N})+)(?P<word> ?(?:号楼|栋|幢|单元))"
)


def find(reading: Reading) -> Iterator[Entity]:
    """Every address; longer forms first so that 3栋2单元501 is one."""
    if _SIGN.search(reading.text) is None:
        return
    held: list[tuple[int, int]] = []
    for start, end, value in _candidates(reading.text):
        is_held = any(start < finish and end > begin for begin, finish in held)
        if value and not is_held and reading.is_free(start, end):
            held.append((start, end))
            yield Entity("address", value, start, end)


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    yield from _groups(text)
    yield from _streets(text)
    for match in _TRIPLE.finditer(text):
        yield match.start(), match.end(), _written(match.groupdict())
    yield from _lists(text)
    for match in _FULL.finditer(text):
        if not _is_quantity(text, match):
            groups = match.groupdict()
            groups["unit"] = groups["unit"] or groups["dashed"]
            yield match.start(), match.end(), _written(groups)
    for match in _PAIR.finditer(text):
        yield match.start(), match.end(), _written(match.groupdict())
    for match in _UNIT_ONLY.finditer(text):
        groups = {**match.groupdict(), "building": None}
        groups["unit"] = groups["unit"] or groups["door"]
        yield match.start(), match.end(), _written(groups)
    for match in _ROOM_ONLY.finditer(text):
        yield match.start(), match.end(), _room(match["room"])


def _lists(text: str) -> Iterator[tuple[int, int, str]]:
    """3、5、6栋: each is a building."""
    for match in _SEVERAL.finditer(text):
        word = "单元" if "单元" in match["word"] else "栋"
        last = match.start("word")
        for number in re.finditer(_N, text[match.start() : last]):
            start = match.start() + number.start()
            end = match.start() + number.end()
            # The last one may go on with a unit and a room; it is read in full below.
            if end < last:
                yield start, end, f"{_count(number[0])}{word}"


def _groups(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _GROUP.finditer(text):
        number = f"{_count(match['number'])}号" if match["number"] else ""
        yield match.start(), match.end(), f"{_count(match['group'])}组{number}"


def _streets(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _STREET.finditer(text):
        start = match.start("lane") if match["lane"] else match.start("number")
        lane = f"{_count(match['lane'].replace('弄', '').strip())}弄" if match["lane"] else ""
        yield start, match.end(), f"{lane}{_count(match['number'])}号{match['sub'] or ''}"


def _is_quantity(text: str, match: re.Match[str]) -> bool:
    """两栋楼, 这一栋: how many or which, not the number on the wall."""
    if match["unit"] or match["room"] or match["dashed"] or match["building"][0].isascii():
        return bool(_QUANTITY.search(text[: match.start()][-2:])) and not match["room"]
    is_counted = bool(re.search(r"(?:栋楼|幢楼|座)$", match[0]))
    return is_counted or bool(_QUANTITY.search(text[: match.start()][-2:]))


def _written(groups: dict[str, str | None]) -> str:
    building, unit, room = groups.get("building"), groups.get("unit"), groups.get("room")
    return "".join(
        (
            f"{_count(building)}栋" if building else "",
            f"{_count(unit)}单元" if unit else "",
            _room(room) if room else "",
        )
    )


def _count(said: str) -> str:
    """A number on a wall: 十二 is 12, a3 is A3."""
    if said[0].isascii():
        return said.upper()
    if set(said) & set("十百"):
        value = numerals.integer(said)
        return said if value is None else str(value)
    return numerals.digits(said) or said


def _room(said: str) -> str:
    return _count(said)
