"""Find out where something is: by the names residents use, asking back where several fit."""

import re
from dataclasses import dataclass
from typing import Any

from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_no, is_skip, is_yes, pick
from handlers.dialogue.case import case_of
from handlers.dialogue.turn import Choice, Reply, Turn
from handlers.grid import queries
from handlers.grid.models import CommunityKind
from handlers.grid.rules import building_of, room_of

ASK_WHERE = "请问是哪个小区或村？（也可以发个位置）"
ASK_WHERE_EXACTLY = "请问是哪个小区或村，几栋几单元几号？（也可以发个位置）"
ASK_WHICH = "这个名字有几处，您说的是哪一个？"
ASK_NEAR = "没找到「{text}」，是下面哪一个？"
ASK_SAME = "还是{place}吗？"
ASK_BUILDING = {
    CommunityKind.VILLAGE: "是几组几号？（例如 3组15号；不清楚回「跳过」）",
    CommunityKind.STREET: "门牌是多少号？（例如 128号；不清楚回「跳过」）",
}
ASK_BUILDING_ESTATE = "是几栋几单元几号？（例如 3栋2单元501；不清楚回「跳过」）"
NONE_OF_THESE = "都不是"
ANOTHER = re.compile(
    r"^(?:改|换|不对|错了|不是).{0,6}(?:小区|地址|地方|村|位置|楼|栋)|地址(?:错|不对)"
)
ASK_WHERE_AGAIN = "记下了。这是在哪个小区或村？（也可以发个位置，不方便说就回「跳过」）"
MAX_TEXT = 40
ASK_WHERE_STILL = "号码记下了。请问是哪个小区或村？（也可以发个位置）"
LONGEST_NAME = 14
NUMBER = re.compile(r"\d{7,}")
MIN_NAME = 2
MOST_STORIES = 2
LIKE_A_PERSON = 3
NO_NAME = re.compile(
    r"(?:吗|呢|吧|么|了|啊|呀)$|怎么|什么|多少|为啥|几点|哪里|跳|推|合上|冒|漏|断|响|烧|昨天|刚[才刚]|热水器|空调|冰箱|师傅|[去要]交|交[了钱费]|没有?电|[?？]"
)


@dataclass(frozen=True, slots=True)
class Where:
    """A place as told. `community_code` None: it is in no registry and `name` is what was said."""

    community_code: str | None
    name: str
    building: str = ""
    room: str = ""
    unit: str = "栋"

    @property
    def text(self) -> str:
        """The place as people say it: 锦绣江南3栋2单元501, 莲塘村3组15号."""
        return f"{self.name}{self.building and self.building + self.unit}{self.room}"


UNITS = {CommunityKind.VILLAGE: "组", CommunityKind.STREET: "号"}


def unit_of(kind: str) -> str:
    """What a building's number is followed by in a community of this kind."""
    return UNITS.get(CommunityKind(kind), "栋")


def ask_place(
    turn: Turn,
    desk: Desk,
    *,
    needs_building: bool = False,
    known: Where | None = None,
    asks_all: bool = False,
) -> Reply | Where:
    """The place of the case being taken down, or the question that is still open about it.

    Places named in the message count first. `known` is where the person lives as far as we know;
    it is asked back, never silently used. `asks_all`: the first question is for the building too.
    """
    case = case_of(turn)
    place: dict[str, Any] = case.setdefault("place", {})
    if not turn.is_fresh and ANOTHER.search(turn.inbound.text):
        place.clear()
        place["asked_same"] = True
    _read(turn, desk, place)
    if not turn.is_fresh and (reply := _take_answer(turn, desk, place)) is not None:
        return reply
    if "name" not in place:
        return _ask_community(turn, place, known, asks_all=asks_all)
    if needs_building and _lacks_building(desk, place):
        return _ask(turn, place, "building", _building_question(desk, place))
    place["asking"] = ""
    return where_of(place)


def where_of(place: dict[str, Any]) -> Where:
    """The place that a case has settled on."""
    return Where(
        place.get("code"),
        place["name"],
        place.get("building", ""),
        place.get("room", ""),
        place.get("unit", "栋"),
    )


def _read(turn: Turn, desk: Desk, place: dict[str, Any]) -> None:
    """Take the places and the address that this message names."""
    names = turn.values("community")
    if len(names) == 1:
        _settle(desk, place, names[0])
    elif len(names) > 1 and "name" not in place:
        place["candidates"] = names[:4]
    if (address := turn.value("address")) is not None:
        place["building"], place["room"] = building_of(address), room_of(address)


def _settle(desk: Desk, place: dict[str, Any], name: str) -> None:
    community = queries.community_by_name(desk.session, name)
    if community is None or place.get("code") == community.community_code:
        return
    place.update(
        name=community.name,
        code=community.community_code,
        unit=unit_of(community.kind),
        asking="",
    )
    place.pop("candidates", None)


def _take_answer(turn: Turn, desk: Desk, place: dict[str, Any]) -> Reply | None:
    asking, text = place.get("asking", ""), turn.inbound.text.strip()
    if asking == "same":
        return _take_same(turn, place, text)
    if asking == "which":
        return _take_which(turn, desk, place, text)
    if asking == "community" and "name" not in place and not place.get("candidates"):
        return _take_community(turn, desk, place, text)
    if asking == "building" and "building" not in place:
        place["building"] = "" if is_skip(text) else building_of(text)
        place["room"] = "" if is_skip(text) else room_of(text)[:20]
    return None


def _take_same(turn: Turn, place: dict[str, Any], text: str) -> Reply | None:
    known = place.pop("known")
    chosen = pick(text, (Choice("是", "yes"), Choice("不是，换个地方", "no", ("换", "别处"))))
    if (chosen is not None and chosen.value == "yes") or is_yes(text):
        place.update(known)
    elif "name" not in place and not place.get("candidates"):
        return _ask(turn, place, "community", Reply(ASK_WHERE, is_final=False))
    return None


def _take_which(turn: Turn, desk: Desk, place: dict[str, Any], text: str) -> Reply | None:
    if "name" in place:
        return None
    options = tuple(Choice(name, name) for name in place.get("candidates", []))
    chosen = pick(text, (*options, Choice(NONE_OF_THESE, "", ("没有", "不是"))))
    if chosen is None and not is_no(text):
        return _take_community(turn, desk, place, text)
    if chosen is None or not chosen.value:
        place.pop("candidates", None)
        if place.get("said"):
            place.update(name=place["said"], code=None)
            return None
        return _ask(turn, place, "community", Reply(ASK_WHERE, is_final=False))
    _settle(desk, place, chosen.value)
    return None


def _take_community(turn: Turn, desk: Desk, place: dict[str, Any], text: str) -> Reply | None:
    """An answer that names no known place: near names are offered, then it is taken as told."""
    said = bare(text)[:MAX_TEXT]
    if is_skip(text) or is_no(text) or is_yes(text) or len(said) < MIN_NAME:
        place["tries"] = place.get("tries", 0) + 1
        if place["tries"] > 1 or is_skip(text):
            place.update(name="", code=None)
            return None
        return _ask(turn, place, "community", Reply(ASK_WHERE, is_final=False))
    if NUMBER.fullmatch(said):  # a phone, which the case keeps
        return _ask(turn, place, "community", Reply(ASK_WHERE_STILL, is_final=False))
    is_other = turn.value("person") or turn.value("scope") or NO_NAME.search(text)
    is_name = len(said) <= LONGEST_NAME and not is_other
    if not is_name and place.get("retold", 0) < MOST_STORIES:
        place["retold"] = place.get("retold", 0) + 1  # more of the story, which the case keeps
        return _ask(turn, place, "community", Reply(ASK_WHERE_AGAIN, is_final=False))
    place["said"] = said
    near = [candidate.name for candidate in desk.places.suggest(text, 3)]
    if near and not place.get("offered"):
        place["candidates"], place["offered"] = near, True
        return _ask(turn, place, "which", _options(ASK_NEAR.format(text=said[:12]), near))
    if not near and len(said) <= LIKE_A_PERSON and not place.get("retold"):
        place["retold"] = 1  # as short as a person's name: better asked once more
        return _ask(turn, place, "community", Reply(ASK_WHERE_AGAIN, is_final=False))
    place.update(name=said, code=None)
    return None


def _ask_community(
    turn: Turn, place: dict[str, Any], known: Where | None, *, asks_all: bool
) -> Reply:
    if candidates := place.get("candidates"):
        return _ask(turn, place, "which", _options(ASK_WHICH, candidates))
    if known is not None and known.community_code and not place.get("asked_same"):
        place["asked_same"] = True
        place["known"] = {
            "name": known.name,
            "code": known.community_code,
            "building": place.get("building") or known.building,
            "room": place.get("room") or known.room,
            "unit": known.unit,
        }
        home = f"{known.name}{known.building and known.building + known.unit}"
        question = ASK_SAME.format(place=home)
        choices = (Choice("是", "yes"), Choice("不是，换个地方", "no"))
        return _ask(turn, place, "same", Reply(question, choices, is_final=False))
    question = ASK_WHERE_EXACTLY if asks_all else ASK_WHERE
    return _ask(turn, place, "community", Reply(question, is_final=False))


def _options(question: str, names: list[str]) -> Reply:
    choices = tuple(Choice(name, name) for name in (*names, NONE_OF_THESE))
    return Reply(question, choices, is_final=False)


def _ask(turn: Turn, place: dict[str, Any], asking: str, question: Reply) -> Reply:
    place["asking"] = asking
    turn.memory["form"]["asking"] = f"place_{asking}"
    turn.memory["form"]["takes_anything"] = False
    return question


def _lacks_building(desk: Desk, place: dict[str, Any]) -> bool:
    if "building" in place or place.get("code") is None:
        return False
    community = queries.community_by_name(desk.session, place["name"])
    return community is not None and community.kind != CommunityKind.INSTITUTION


def _building_question(desk: Desk, place: dict[str, Any]) -> Reply:
    community = queries.community_by_name(desk.session, place["name"])
    kind = CommunityKind(community.kind) if community else CommunityKind.ESTATE
    return Reply(ASK_BUILDING.get(kind, ASK_BUILDING_ESTATE), is_final=False)
