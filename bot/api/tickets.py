"""Tickets for other systems: open, read, list, export, and act on."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from bot import sheets
from bot.access.apikeys import Scope
from bot.api import pages, render
from bot.api.keys import calling, is_personal, needs
from bot.api.shapes import ExportQuery, NewTicket, TicketEventIn, TicketQuery, given
from bot.parts import Parts
from handlers.desk import Desk
from handlers.surveys import service as surveys
from handlers.tickets import intake, service
from handlers.tickets.models import Ticket

CREATED, OK = 201, 200
EXPORT_LIMIT = 100_000
EXPORT_AT_ONCE = 1000
COLUMNS = (
    "number",
    "state",
    "category",
    "priority",
    "source_channel",
    "external_number",
    "station_code",
    "grid_code",
    "assignee",
    "community",
    "address",
    "account_number",
    "phone",
    "name",
    "text",
    "reported_at",
    "created_at",
)


def register(api: Blueprint, parts: Parts) -> None:
    @api.post("/tickets")
    @needs(Scope.TICKETS_WRITE)
    def open_ticket() -> ResponseReturnValue:
        body = NewTicket.model_validate(given())
        try:
            return _open(parts, body)
        except IntegrityError:  # the same number came twice at once: the first one won
            return _open(parts, body)

    @api.get("/tickets/<number>")
    @needs(Scope.TICKETS_READ)
    def read_ticket(number: str) -> ResponseReturnValue:
        with parts.looking() as desk:
            return jsonify(_whole(desk, service.get(desk, number, lock=False)))

    @api.get("/tickets")
    @needs(Scope.TICKETS_READ)
    def list_tickets() -> ResponseReturnValue:
        query = TicketQuery.model_validate(request.args.to_dict())
        after = pages.decode(query.cursor)
        wanted = _filtered(query).where(Ticket.id > after).limit(query.limit + 1)
        with parts.looking() as desk:
            rows, cursor = pages.page(list(desk.session.scalars(wanted)), query.limit)
            items = [_one(desk, row) for row in rows]
        return jsonify(items=items, next_cursor=cursor)

    @api.get("/tickets/export")
    @needs(Scope.TICKETS_READ)
    def export_tickets() -> ResponseReturnValue:
        query = ExportQuery.model_validate(request.args.to_dict())
        with parts.looking() as desk:
            rows = desk.session.scalars(
                _filtered(query).limit(EXPORT_LIMIT).execution_options(yield_per=EXPORT_AT_ONCE)
            )
            table = [_line(row) for row in rows]
        return sheets.answer(query.format, "tickets", COLUMNS, table)

    @api.post("/tickets/<number>/events")
    @needs(Scope.TICKETS_WRITE)
    def act(number: str) -> ResponseReturnValue:
        body = TicketEventIn.model_validate(given())
        with parts.working() as desk:
            ticket = service.get(desk, number)
            intake.act(
                desk,
                ticket,
                body.action,
                by=body.by,
                text=body.text,
                at=body.at,
                to=body.to,
                into=body.into,
            )
            desk.session.flush()
            return jsonify(_whole(desk, ticket))


def _open(parts: Parts, body: NewTicket) -> ResponseReturnValue:
    with parts.working() as desk:
        ticket, is_new = intake.receive(
            desk,
            intake.Received(**body.model_dump()),
            by=calling().name,
        )
        desk.session.flush()
        return jsonify(render.opened(ticket)), CREATED if is_new else OK


def _whole(desk: Desk, ticket: Ticket) -> dict[str, Any]:
    body = _one(desk, ticket)
    body["timeline"] = render.timeline(ticket, is_personal=is_personal())
    return body


def _one(desk: Desk, ticket: Ticket) -> dict[str, Any]:
    return render.ticket(
        ticket,
        is_personal=is_personal(),
        survey=surveys.of_ticket(desk.session, ticket.id),
        parent=intake.parent_of(desk, ticket),
    )


def _filtered(query: TicketQuery | ExportQuery) -> sa.Select[Ticket]:
    wanted = sa.select(Ticket).order_by(Ticket.id)
    for name in ("state", "category", "grid_code"):
        if (value := getattr(query, name)) is not None:
            wanted = wanted.where(getattr(Ticket, name) == value)
    if query.created_from is not None:
        wanted = wanted.where(Ticket.created_at >= query.created_from)
    if query.created_to is not None:
        wanted = wanted.where(Ticket.created_at < query.created_to)
    return wanted


def _line(row: Ticket) -> list[Any]:
    """One ticket's cells; no column asks the database for more."""
    found = render.ticket(row, is_personal=is_personal())
    return [_cell(found[name]) for name in COLUMNS]


def _cell(value: Any) -> Any:
    return value["name"] if isinstance(value, dict) else value
