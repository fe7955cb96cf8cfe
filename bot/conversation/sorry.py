"""What the writer reads when we ourselves are in trouble: never silence, danger first."""

from handlers.dialogue.turn import SILENCE, Inbound, InboundKind, Reply
from nlu.understanding import Understanding

TROUBLE = "系统正忙，刚才这条没记上。请过一分钟再发一次；急事请打 95598。"
DANGER = (
    "先保证人身安全：离开现场，别碰电线和触电的人，离落地电线8米以外，别让人靠近。\n"
    "有人触电打120，起火打119，然后马上打95598。\n"
    "系统正忙，这条没记上，请一定打电话。"
)


# Events somebody did and waits for an answer to; all others end in silence.
ASKED = frozenset({"click", "subscribe", "scan", "template_card_event", "enter_chat"})


def reply(inbound: Inbound, understanding: Understanding | None) -> Reply:
    """Words for the writer; nothing for events that nobody waits for an answer to."""
    if inbound.kind == InboundKind.EVENT and inbound.event not in ASKED:
        return SILENCE
    is_danger = understanding is not None and understanding.hazard is not None
    return Reply(DANGER if is_danger else TROUBLE)
