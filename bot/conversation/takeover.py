"""While a member of staff has taken a talk over, the bot passes words on and keeps quiet."""

import sqlalchemy as sa

from bot.conversation import media
from bot.conversation.inbox import Opened
from handlers.desk import Desk
from handlers.dialogue.turn import SILENCE, Inbound, InboundKind, Reply
from handlers.routes import TAKES_OVER
from handlers.tickets import notices, service
from handlers.tickets.models import Action, Ticket
from handlers.tickets.opening import record
from nlu.understanding import Understanding

SENT = {
    InboundKind.IMAGE: "[照片，在工单页看]",
    InboundKind.VIDEO: "[视频，在工单页看]",
    InboundKind.VOICE: "[语音，在工单页听]",
}
# The newest ticket whose talk a person has.
TAKEN = (
    sa.select(Ticket.id)
    .where(Ticket.openid == sa.bindparam("writer"), Ticket.takeover_until > sa.bindparam("moment"))
    .order_by(Ticket.id.desc())
    .limit(1)
    .scalar_subquery()
)
BACK = frozenset({"机器人", "找机器人", "退出人工", "结束人工"})


def pass_on(
    desk: Desk, inbound: Inbound, understanding: Understanding | None, opened: Opened
) -> Reply | None:
    """Silence when a person has the talk; None when the bot shall answer. Danger always does."""
    number = opened.found["taken_ticket"]
    ticket = desk.session.get(Ticket, number) if number is not None else None
    if ticket is None:
        return None
    if understanding is not None and understanding.hazard and understanding.intent in TAKES_OVER:
        return None
    if inbound.text.strip() in BACK:
        service.hand_back(desk, ticket, by="resident")
        return Reply("好的，我接着为您服务。")
    words = inbound.text or SENT.get(inbound.kind, f"[{inbound.kind}]")
    if inbound.kind in media.KINDS:
        media.keep(desk, inbound, ticket)
    else:
        record(desk, ticket, Action.ADD, by="resident", text=words)
    notices.words_added(desk, ticket, words)
    return SILENCE
