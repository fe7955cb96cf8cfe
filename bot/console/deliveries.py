"""Messages that nothing will send any more: see why, send again."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.access import audit
from bot.access.signed_in import Person, only, person
from bot.console import faults
from bot.console.may import LEADERS
from bot.parts import Parts
from handlers.errors import DomainError
from handlers.masking import mask_text
from handlers.tickets.models import Ticket
from notifier import dead_letters
from notifier.models import Channel, OutboxMessage, OutboxState

CHANNELS: dict[str, str] = {
    Channel.OFFICIAL_ACCOUNT: "公众号（住户）",
    Channel.WECOM_APP: "企业微信（员工）",
    Channel.WECOM_WEBHOOK: "群机器人",
    Channel.WECOM_CUSTOMER_GROUP: "住户群",
    Channel.WECOM_APPCHAT: "应用群",
    Channel.CARD_UPDATE: "卡片更新",
    Channel.WEBHOOK_OUT: "外部系统",
    Channel.MARKETING: "营销系统",
    Channel.RECOGNITION: "语音识别",
}
LISTED = 200
MAX_TEXT = 120


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/deliveries")
    @only(*LEADERS)
    def deliveries() -> ResponseReturnValue:
        return _page(parts)

    @console.post("/deliveries")
    @only(*LEADERS)
    def resend() -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        wanted = [int(one) for one in request.form.getlist("id")[:LISTED] if one.isdecimal()]
        if not wanted:
            raise DomainError("先勾上要重发的消息。")
        who = person()
        with parts.working() as desk:
            allowed = {one.id for one in _listed(desk.session, who)}
            ids = [one for one in wanted if one in allowed]
            number = dead_letters.resend_all(desk.session, desk.now, ids)
            audit.write(
                desk.session,
                actor=who.userid,
                action="resend",
                subject="outbox",
                now=desk.now,
                facts={"ids": ids},
            )
        flash(f"{number} 条已重新发送，一会儿刷新看结果。" if number else "这几条已经有人重发了。")
        return redirect(url_for(".deliveries"))


def _page(parts: Parts) -> str:
    who = person()
    with parts.looking() as desk:
        rows = [_row(one) for one in _listed(desk.session, who)]
        states = desk.session.execute(
            sa.select(OutboxMessage.state, sa.func.count())
            .where(OutboxMessage.state.in_((OutboxState.PENDING, OutboxState.AWAITING_OWNER)))
            .group_by(OutboxMessage.state)
        )
        waiting = {row[0]: row[1] for row in states}
    return render_template("console/deliveries.html", rows=rows, waiting=waiting)


def _listed(session: Session, who: Person) -> list[OutboxMessage]:
    """All for those who see everywhere; else what is about the own station's tickets."""
    if who.is_everywhere:
        return list(dead_letters.dead(session, limit=LISTED))
    mine = sa.select(Ticket.number).where(who.only_mine())
    query = (
        sa.select(OutboxMessage)
        .where(
            OutboxMessage.state.in_(dead_letters.RESENDABLE),
            OutboxMessage.ticket_number.in_(mine),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(LISTED)
    )
    return list(session.scalars(query))


def _row(message: OutboxMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "at": message.created_at,
        "channel": CHANNELS.get(message.channel, message.channel),
        "ticket": message.ticket_number,
        "outage": message.outage_code,
        "text": mask_text(str(message.payload.get("text", "")))[:MAX_TEXT],
        "error": message.error,
        "attempts": message.attempts,
    }
