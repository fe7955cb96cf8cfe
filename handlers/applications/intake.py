"""What a message adds to an application: its start, its place, its answers and corrections."""

from dataclasses import replace
from typing import Any

from config.services import Service
from handlers.applications import drafts, wording
from handlers.applications.forms import found, told_before
from handlers.customers import places as homes
from handlers.customers.service import bound
from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_yes
from handlers.dialogue.case import case_of, story
from handlers.dialogue.form import CORRECTION_LEADS, Answers, Form
from handlers.dialogue.turn import Reply, Turn
from handlers.grid import queries as grid
from handlers.grid.places import ASK_WHERE, Where, ask_place, where_of
from handlers.grid.rules import building_of, room_of
from handlers.tickets import contact

SUBMIT = frozenset({"确认", "提交", "确认提交", "直接提交", "确定提交"})
ANEW = frozenset({"重来", "重新来", "重新开始", "从头来", "重填", "重新填"})
PAPERS = frozenset(
    [
        "材料",
        "材料清单",
        "要什么材料",
        "需要什么材料",
        "要哪些材料",
        "什么材料",
        "还缺什么材料",
        "要带什么",
    ]
)
HOW_LONG = frozenset(
    ["多久", "要多久", "多长时间", "要多长时间", "几天", "要几天", "多久能办好", "要等多久"]
)
PLACE_NOTED = "地址记下了：{place}。\n"
ANSWERED_BY = ("phone", "account_number")
PLACE_KEYS = ("name", "code", "building", "room", "unit")


def begin(turn: Turn, desk: Desk, service: Service, form: Form) -> None:
    """Start with what need not be asked: phone, bound account, home, an earlier draft."""
    case = case_of(turn)
    known: dict[str, Any] = {"phone": homes.known_phone(desk, turn.user_id)}
    accounts = bound(desk, turn.user_id) if service.wants_account else []
    if len(accounts) == 1:
        known["account_number"] = accounts[0].account_number
    names_place = bool(turn.values("community"))
    is_anew = bare(turn.inbound.text) in ANEW
    asks_place = names_place or (is_anew and not bound(desk, turn.user_id))
    if not asks_place and (home := homes.known_place(desk, turn.user_id)) is not None:
        case["place"] = dict(zip(PLACE_KEYS, _parts(home), strict=True))
    if is_anew:
        drafts.drop(desk, turn.user_id, turn.meaning.intent)
    elif (draft := drafts.find(desk, turn.user_id, turn.meaning.intent)) is not None:
        known |= draft["answers"]
        case["texts"] = [*draft["texts"], *case["texts"]]
        case["lead"] = wording.RESUMED
        if draft["place"] and not names_place:
            case["place"] = draft["place"]
    news = {field.key for field in form.fields if found(field, turn, known) is not None}
    turn.memory["form"].update(
        name=form.name,
        answers={key: value for key, value in known.items() if value and key not in news},
        related=" ".join(service.related),
        answered_by=list(ANSWERED_BY),
    )


def read_submit(turn: Turn, service: Service, state: dict[str, Any]) -> None:
    """「提交」 while a choice is open leaves the rest to the manager's call."""
    if turn.is_fresh or bare(turn.inbound.text) not in SUBMIT or "name" not in place_of(turn):
        return
    for question in service.questions:
        state["answers"].setdefault(question.key, "")
    state["asking"] = "confirm"


def advance(
    turn: Turn, desk: Desk, service: Service, form: Form, state: dict[str, Any]
) -> Reply | Where:
    """Take what this message says; the place is asked before all else, then the choices."""
    before = place_of(turn)
    where = _other_building(turn) or _still_where(turn, state) or ask_place(turn, desk)
    if isinstance(where, Reply):
        return _ask_place_first(turn, form, state, where)
    if where.community_code is not None:  # danger told next shall not ask again where
        homes.remember_place(desk, turn.user_id, where.community_code, where.building, where.room)
    state["answers"] |= {"place": where.text, "dedicated": _dedicated(desk, where)}
    _open_unasked(turn, form, state)
    was_asking = state["asking"]
    if place_of(turn) != before:
        asked = form.advance(replace(turn, is_fresh=True))  # it answered the place, not the form
    else:
        asked = form.advance(turn)
    if new_phone := state["answers"].get("new_phone"):
        state["answers"]["phone"] = new_phone  # the old one reaches nobody any more
    if not _corrects(turn, was_asking):
        asked = _from_story(turn, service, form, state, asked)
    if state["asking"] == "place":  # 「改」, then the number of the address
        case_of(turn)["place"] = {"asked_same": True}
        return _ask_place_first(turn, form, state, ask_place(turn, desk))
    if isinstance(asked, Reply) and before and place_of(turn) != before:
        return replace(asked, text=f"{PLACE_NOTED.format(place=where.text)}{asked.text}")
    return asked if isinstance(asked, Reply) else where


def _corrects(turn: Turn, was_asking: str | None) -> bool:
    """Whether the message takes back an answer, so that the story must not give it again."""
    is_led = turn.inbound.text.strip().startswith(CORRECTION_LEADS)
    return not turn.is_fresh and (is_led or was_asking == "which_field")


def _from_story(
    turn: Turn, service: Service, form: Form, state: dict[str, Any], asked: Reply | Answers
) -> Reply | Answers:
    """A question that comes up only now may have been answered by an earlier sentence."""
    seen = state.setdefault("seen", [])
    question = next((q for q in service.questions if q.key == state["asking"]), None)
    if question is None or not isinstance(asked, Reply) or question.key in seen:
        return asked
    seen.append(question.key)
    value = told_before(question, story(case_of(turn)))
    if value is None:
        return asked
    state["answers"][question.key] = value
    return _from_story(turn, service, form, state, form.advance(replace(turn, is_fresh=True)))


def place_of(turn: Turn) -> dict[str, Any]:
    """The place that the case has settled on, as it is kept."""
    place = case_of(turn).get("place", {})
    return {key: place[key] for key in PLACE_KEYS if key in place}


def _parts(where: Where) -> tuple[str, str | None, str, str, str]:
    return where.name, where.community_code, where.building, where.room, where.unit


def _still_where(turn: Turn, state: dict[str, Any]) -> Reply | None:
    """A phone or a yes where the place is asked for names no place: ask again."""
    text = turn.inbound.text
    is_asked = state["asking"] == "place_community" and not turn.values("community")
    is_aside = bare(text) in PAPERS | HOW_LONG
    if turn.is_fresh or not is_asked:
        return None
    if not (is_aside or contact.phone_in(text) or is_yes(text)):
        return None
    return Reply(ASK_WHERE, is_final=False)


def _open_unasked(turn: Turn, form: Form, state: dict[str, Any]) -> None:
    """「改电话」 before any phone was given asks for it."""
    text = turn.inbound.text.strip()
    if not turn.is_fresh and text.startswith(CORRECTION_LEADS):
        for field in form.fields:
            if field.entity and field.name in text:
                state["answers"].setdefault(field.key, "")


def _other_building(turn: Turn) -> Where | None:
    """「不对，是5栋」: another building of the same community."""
    place, address = case_of(turn).get("place", {}), turn.value("address")
    if turn.is_fresh or address is None or turn.values("community") or not place.get("name"):
        return None
    place.update(building=building_of(address), room=room_of(address))
    return where_of(place)


def _ask_place_first(
    turn: Turn, form: Form, state: dict[str, Any], where: Reply | Where
) -> Reply | Where:
    """Keep what else the message says while its place is asked for."""
    answers = state["answers"]
    answers.pop("place", None)
    for field in form.fields:
        if field.key not in answers and (value := found(field, turn, answers)) is not None:
            answers[field.key] = value
    return where


def _dedicated(desk: Desk, where: Where) -> str:
    """Whether only dedicated transformers (专变) feed the place."""
    if where.community_code is None:
        return ""
    areas = grid.areas_of(desk.session, where.community_code, where.building)
    return "yes" if areas and all(area.kind == "dedicated" for area in areas) else ""
