"""What has been told so far of the matter being taken down, across its questions."""

from dataclasses import dataclass
from typing import Any

from handlers.dialogue.answers import bare, is_no, is_skip, is_yes, ordinal
from handlers.dialogue.turn import Turn

COLLECTED = (
    "phone",
    "account_number",
    "meter_number",
    "person",
    "device",
    "scope",
    "time",
    "address",
)
MAX_WORDS = 1500


@dataclass(frozen=True, slots=True)
class ToldDanger:
    """The danger of an earlier message of the same case."""

    kind: str
    is_p0: bool


def case_of(turn: Turn) -> dict[str, Any]:
    """The open case of this wish, with this message's words and things added to it.

    Keys: `texts` (what was told, in order), `facts` (the latest value of each entity), `danger`
    (which holds for every later turn of the case) and whatever the flow puts there. It lives inside `turn.memory["form"]`, so that it is set aside
    and resumed together with the open question.
    """
    form = turn.memory.get("form")
    if not isinstance(form, dict) or not _belongs(form, turn):
        form = {
            "name": "",
            "intent": turn.meaning.intent,
            "answers": {},
            "asking": None,
            "tries": 0,
        }
        turn.memory["form"] = form
    case: dict[str, Any] = form.setdefault("case", {"texts": [], "facts": {}})
    _keep_danger(turn, case)
    if case.get("last_key") == turn.inbound.key:
        return case
    case["last_key"] = turn.inbound.key
    if tells_something(turn.text):
        case["texts"].append(turn.text.strip()[:MAX_WORDS])
    for name in COLLECTED:
        if (value := turn.value(name)) is not None:
            case["facts"][name] = value
    return case


def _keep_danger(turn: Turn, case: dict[str, Any]) -> None:
    if turn.danger is not None:
        case["danger"] = {"kind": turn.danger.kind, "is_p0": turn.danger.is_p0}
    elif told := case.get("danger"):
        turn.danger = ToldDanger(**told)


def _belongs(form: dict[str, Any], turn: Turn) -> bool:
    """Whether the open form is this wish's: its own, and not one of an earlier message."""
    if form.get("intent") != turn.meaning.intent:
        return False
    return not turn.is_fresh or form.get("case", {}).get("last_key") == turn.inbound.key


def tells_something(text: str) -> bool:
    """Whether a message is more than a number, a yes, a no or 「跳过」."""
    if ordinal(text) is not None or is_yes(text) or is_no(text) or is_skip(text):
        return False
    return len(bare(text)) > 1


def story(case: dict[str, Any]) -> str:
    """All that was told, in order, as the ticket's text."""
    return "；".join(dict.fromkeys(case["texts"]))[:MAX_WORDS]
