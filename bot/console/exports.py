"""The queue as a table for those who have no API: what its filters show, personal data masked."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot import sheets
from bot.access import audit
from bot.access.signed_in import Person, only, person
from bot.console import paging
from bot.console.filters import NEWEST_FIRST, Filters
from bot.console.may import LEADERS
from bot.console.ticket import SOURCES
from bot.parts import Parts
from handlers.desk import Desk
from handlers.masking import mask_text
from handlers.tickets import queries
from handlers.tickets.models import Category, State, Ticket
from handlers.tickets.rules import CATEGORY_WORDS, STATE_WORDS

MOST = 20_000
HEADER = (
    "单号",
    "来源",
    "外部编号",
    "类别",
    "紧急",
    "状态",
    "地点",
    "楼栋",
    "内容",
    "负责人",
    "受理时间",
    "下一时限",
    "办结时间",
    "处理结果",
)


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/export")
    @only(*LEADERS)
    def export() -> ResponseReturnValue:
        """At most 20,000 rows, in the order of the queue; `format` csv or, unless told, xlsx."""
        who = person()
        filters = Filters.of(request.args, who)
        kind = "csv" if request.args.get("format") == "csv" else "xlsx"
        with parts.looking() as desk:
            rows = list(_rows(desk, filters, who))
        with parts.working() as desk:
            audit.write(
                desk.session,
                actor=who.userid,
                action="ticket_export",
                subject=filters.view,
                now=desk.now,
                facts={"rows": len(rows), "format": kind},
            )
        return sheets.answer(kind, "tickets", HEADER, rows)


def _rows(desk: Desk, filters: Filters, who: Person) -> Iterator[tuple[str, ...]]:
    queries.plan_afresh(desk.session)
    wanted = sa.select(Ticket).where(*filters.conditions(desk, who))
    ordered = paging.order(wanted, "", newest_first=filters.view in NEWEST_FIRST)
    for ticket in desk.session.scalars(ordered.limit(MOST).execution_options(yield_per=500)):
        yield (
            ticket.number,
            SOURCES.get(ticket.source_channel, ticket.source_channel),
            ticket.external_number or "",
            CATEGORY_WORDS[Category(ticket.category)],
            ticket.priority,
            STATE_WORDS[State(ticket.state)],
            ticket.place_text,
            ticket.building,
            ticket.masked_text,
            ticket.assignee.name if ticket.assignee else "",
            _moment(ticket.reported_at),
            _moment(ticket.next_due_at),
            _moment(ticket.resolved_at),
            mask_text(ticket.result or ""),
        )


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M")
