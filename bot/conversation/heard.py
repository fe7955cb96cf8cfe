"""Words that a recogniser was not sure of are read back before they count."""

from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter

from handlers.desk import Desk
from handlers.dialogue.answers import is_no, is_yes, pick
from handlers.dialogue.turn import Choice, Inbound, Reply
from nlu.understanding import Understanding

ASK = "没太听清，您说的是「{text}」吗？"
AGAIN = "那麻烦您打字再说一遍，或者慢一点再发一条语音。"
CHOICES = (Choice("是", "yes"), Choice("不是", "no"))
READ_BACK = 100  # characters that are read back of a long story
SHAPE = TypeAdapter(Understanding)


def settle(
    desk: Desk, inbound: Inbound, understanding: Understanding, memory: dict[str, Any]
) -> tuple[Inbound, Understanding] | Reply:
    """What to go on with: the message itself, the words that were read back, or a question."""
    waiting = memory.pop("heard", None)
    confidence = inbound.facts.get("confidence", 1.0)
    if confidence < desk.tables.voice.sure_from and understanding.hazard is None:
        memory["heard"] = asdict(understanding)
        return Reply(ASK.format(text=_short(inbound.text)), CHOICES, is_final=False)
    said = pick(inbound.text, CHOICES) if waiting else None
    if waiting and ((said and said.value == "yes") or is_yes(inbound.text)):
        meant = SHAPE.validate_python(waiting)
        return replace(inbound, text=meant.text), meant
    if waiting and (said or is_no(inbound.text)):
        form = memory.get("form")
        question = form.get("question", "") if isinstance(form, dict) else ""
        return Reply(f"{AGAIN}\n{question}".strip(), is_final=False)
    return inbound, understanding


def _short(text: str) -> str:
    return text if len(text) <= READ_BACK else f"{text[:READ_BACK]}…"
