"""What a storm came to: lost, twice, over a limit, how late, and the bound the limits allow."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.storm import bounds, city
from bot.storm.city import City

MINUTE = 60.0
CODE = re.compile(r"TD\d+")
OF_THE_CITY = ("group:", f"resident:{city.OPENID}")
# Codes by which a platform says that a limit was reached (PLATFORMS.md 2.9, 3.7).
LIMIT_CODES = ("45009", "45011", "45015", "45028", "45047", "45065", "45066")


@dataclass(frozen=True, slots=True)
class Published:
    """One outage: its areas' places, when its publication was asked for, and when answered."""

    code: str
    places: tuple[int, ...]
    asked_at: float
    at: float


@dataclass(frozen=True, slots=True)
class Report:
    """Seconds all; `bound` is what the limits of the platforms leave possible at best."""

    groups: int
    residents: int
    outages: int
    expected: int
    lost: int
    twice: int
    over_limits: int
    seconds: float
    bound: float
    first_in_a_group: float
    longest_danger: float
    per_second: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.bound if self.bound else 0.0

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.twice or self.over_limits)

    def as_dict(self) -> dict[str, Any]:
        figures = {k: round(v, 1) if isinstance(v, float) else v for k, v in asdict(self).items()}
        return figures | {"ratio": round(self.ratio, 2)}


def expected(place_city: City, published: Sequence[Published]) -> Counter[tuple[str, str]]:
    """How often each chat should show each outage's notice; the key is chat and outage code."""
    wanted: Counter[tuple[str, str]] = Counter()
    for outage in published:
        chats = {f"group:{city.STATION_GROUP}"}
        for place in outage.places:
            chats |= {f"group:{city.chat(place)}", f"group:{place_city.liaison(place)}"}
            chats |= {f"resident:{city.openid(home)}" for home in place_city.homes(place)}
        wanted.update((chat, outage.code) for chat in chats)
    return wanted


def judge(
    place_city: City,
    published: Sequence[Published],
    tally: Mapping[str, Any],
    *,
    started_at: float,
    longest_danger: float,
) -> Report:
    """Compare what the phones show with what should be there, once and within the limits."""
    wanted = expected(place_city, published)
    notices = [row for row in tally["shown"] if row[0].startswith(OF_THE_CITY)]
    shown = _shown(notices, published)
    last = max((row[2] for row in notices), default=started_at)
    seconds = last - started_at
    return Report(
        groups=place_city.groups,
        residents=place_city.residents,
        outages=len(published),
        expected=wanted.total(),
        lost=(wanted - shown).total(),
        twice=(shown - wanted).total(),
        over_limits=_over(tally),
        seconds=seconds,
        bound=_bound(place_city, published, started_at),
        first_in_a_group=_first_in_a_group(place_city, published, notices),
        longest_danger=longest_danger,
        per_second=len(notices) / seconds if seconds else 0.0,
    )


def _shown(
    notices: Sequence[Sequence[Any]], published: Sequence[Published]
) -> Counter[tuple[str, str]]:
    """By chat and outage: a group's post carries the code in its link, a template the place."""
    by_place = {place: outage.code for outage in published for place in outage.places}
    names = {city.name(place): code for place, code in by_place.items()}
    found: Counter[tuple[str, str]] = Counter()
    for chat, _, _, text in notices:
        code = _code(text) or next((names[name] for name in _names(text) if name in names), "")
        found[chat, code] += 1
    return found


def _code(text: str) -> str:
    """The whole code of the outage a group's post is about: TD…10 is not TD…100."""
    found = CODE.search(text)
    return found[0] if found else ""


def _names(text: str) -> list[str]:
    """The places of the made-up city in a text: 风, three digits, 花园."""
    parts = text.split("花园")
    return [f"{part[-4:]}花园" for part in parts[:-1]]


def _over(tally: Mapping[str, Any]) -> int:
    calls: Mapping[str, int] = tally["refused"]
    gone: Mapping[str, int] = tally["dropped"]
    refused = sum(count for call, count in calls.items() if call.split()[-1] in LIMIT_CODES)
    return refused + sum(gone.values())


def _bound(place_city: City, published: Sequence[Published], started_at: float) -> float:
    """Webhooks take 20 a minute; one notice to each of the others is within every limit."""
    arrivals: dict[str, list[float]] = {}
    for outage in published:
        for target in {city.STATION_GROUP, *map(place_city.liaison, outage.places)}:
            arrivals.setdefault(target, []).append(outage.at)
    ends = [bounds.earliest_end(moments, 20, MINUTE) for moments in arrivals.values()]
    return max(ends, default=started_at) - started_at


def _first_in_a_group(
    place_city: City, published: Sequence[Published], notices: Sequence[Sequence[Any]]
) -> float:
    """The longest time from a publication to its first post in any group without a full minute."""
    firsts: dict[str, float] = {}
    posts = [
        row for row in notices if row[1] == "webhook" and row[0] != f"group:{city.STATION_GROUP}"
    ]
    for _, _, at, text in posts:
        code = _code(text)
        firsts[code] = min(at, firsts.get(code, at))
    waits = [firsts[one.code] - one.asked_at for one in published if one.code in firsts]
    return max(waits, default=0.0)
