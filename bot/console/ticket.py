"""A ticket's page: its facts, its history, its deadlines, and the one next step."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bot.access.signed_in import Person, only, person
from bot.console import application, canned, next_step, people, presence, timeline
from bot.console.may import STAFF, own_ticket, staff_of
from bot.console.queue import due_words
from bot.parts import Parts
from handlers.desk import Desk
from handlers.grid.models import Community, Grid, Station, TransformerArea
from handlers.masking import mask_name, mask_number, mask_room
from handlers.outages import wording
from handlers.surveys.models import Survey
from handlers.tickets import deadlines, permissions, promises, splitting, standstill, twins
from handlers.tickets import evidence as proofs
from handlers.tickets.explanation import moment_words
from handlers.tickets.models import Action, Category, Media, Source, State, Ticket
from handlers.tickets.rules import ACTIVE, CATEGORY_WORDS, STATE_WORDS

SOURCES: dict[str, str] = {
    Source.WECHAT: "微信公众号",
    Source.WECOM_GROUP: "社区群",
    Source.HOTLINE_95598: "95598",
    Source.REGULATOR_12398: "12398",
    Source.CITY_12345: "12345",
    Source.SGCC_APP: "网上国网",
    Source.PHONE: "电话",
    Source.COUNTER: "营业厅",
    Source.STAFF: "员工",
}
RELATED = 20


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/tickets/<number>")
    @only(*STAFF)
    def ticket(number: str) -> ResponseReturnValue:
        return page(parts, number)

    @console.get("/tickets/<number>/pulse")
    @only(*STAFF)
    def pulse(number: str) -> ResponseReturnValue:
        """Who else looks at it, and whether it changed since the page was made."""
        who = person()
        with parts.looking() as desk:
            found = own_ticket(desk, number, lock=False)
            names = people.names(desk, presence.others(parts.redis, found.number, who.userid))
            is_old = str(found.version) != request.args.get("version", "")
            return render_template(
                "console/pulse.html",
                number=found.number,
                names=sorted(names.values()),
                news=timeline.last_words(desk, found) if is_old else "",
            )


def page(parts: Parts, number: str) -> str:
    who = person()
    with parts.looking() as desk:
        found = own_ticket(desk, number, lock=False)
        presence.note(parts.redis, found.number, who.userid)
        return render_template("console/ticket.html", **_values(desk, found, who))


def _values(desk: Desk, ticket: Ticket, who: Person) -> dict[str, Any]:
    due, urgency = due_words(ticket, desk.now)
    staff = staff_of(desk)
    following = next_step.of(desk, ticket)
    return {
        "ticket": ticket,
        "matter": CATEGORY_WORDS[Category(ticket.category)],
        "state": STATE_WORDS[State(ticket.state)],
        "source": SOURCES.get(ticket.source_channel, ticket.source_channel),
        "is_active": ticket.state in ACTIVE,
        "due": due,
        "urgency": urgency,
        "who": personal(ticket, who),
        "place": _place(desk, ticket),
        "next": following,
        "barred": next_step.barred(desk, staff, ticket, following),
        "may_decide": permissions.may(desk, staff, ticket, Action.TRANSFER),
        "application": application.values(desk, ticket, who.role),
        "trace": deadlines.explain_lines(desk, ticket),
        "promised": [
            f"{moment_words(one.promised_at)}前{promises.KIND_WORDS.get(one.kind, '完成')}"
            for one in promises.outstanding(desk, ticket=ticket)
        ],
        "is_paused": standstill.is_paused(ticket),
        "is_mine": ticket.takeover_userid == who.userid and _is_taken(ticket, desk.now),
        "is_taken": _is_taken(ticket, desk.now),
        "lines": timeline.of(desk, ticket, sees=who.sees_personal(ticket)),
        "media": desk.session.scalars(
            sa.select(Media)
            .where(Media.ticket_id == ticket.id, Media.material == "")
            .order_by(Media.id)
        ).all(),
        "twin": _twin(desk, ticket, who),
        "family": _family(desk, ticket, who),
        "categories": CATEGORY_WORDS,
        "canned": canned.replies(desk, ticket),
        "evidence": desk.tables.evidence.of(ticket.category).checks,
        "causes": desk.tables.evidence.causes,
        "needs_cause": proofs.needs_cause(ticket),
        "asks_photo": proofs.asks_photo(desk, ticket),
        "people": people.groups(desk, ticket.station_code or who.station_code, who=who),
        "survey": desk.session.scalar(sa.select(Survey).where(Survey.ticket_id == ticket.id)),
        "now": desk.now,
    }


def personal(ticket: Ticket, who: Person) -> dict[str, str | None]:
    """Name, phone, account, room and words: whole for those who work on it, else masked."""
    if who.sees_personal(ticket):
        return {
            "name": ticket.name,
            "phone": ticket.phone,
            "account": ticket.account_number,
            "address": ticket.address,
            "text": ticket.text,
        }
    return {
        "name": mask_name(ticket.name),
        "phone": mask_number(ticket.phone),
        "account": mask_number(ticket.account_number),
        "address": mask_room(ticket.address),
        "text": ticket.masked_text,
    }


def _place(desk: Desk, ticket: Ticket) -> dict[str, str]:
    session = desk.session
    community = session.get(Community, ticket.community_code) if ticket.community_code else None
    area = session.get(TransformerArea, ticket.area_code) if ticket.area_code else None
    grid = session.get(Grid, ticket.grid_code) if ticket.grid_code else None
    station = session.get(Station, ticket.station_code) if ticket.station_code else None
    name = (community.name if community else ticket.place_text) or "地点待确认"
    return {
        "name": name,
        "home": wording.home(community, ticket.building) if community else name,
        "street": community.address if community else "",
        "area": f"{area.name}（{area.area_code}）" if area else "",
        "grid": grid.name if grid else "",
        "station": station.name if station else "总队列",
    }


def _is_taken(ticket: Ticket, now: datetime) -> bool:
    return ticket.takeover_until is not None and ticket.takeover_until > now


def _family(desk: Desk, ticket: Ticket, who: Person) -> list[tuple[str, str, str]]:
    """Tickets that hang together with this one, and others of the same resident still open."""
    query = sa.select(Ticket).where(
        who.only_mine(),
        Ticket.id != ticket.id,
        sa.or_(
            Ticket.id.in_([one for one in (ticket.parent_id, ticket.merged_into_id) if one]),
            Ticket.parent_id == ticket.id,
            Ticket.merged_into_id == ticket.id,
            Ticket.number.in_([number for number, _ in splitting.kin(ticket)]),
            _is_of_same_person(ticket, who),
        ),
    )
    found = desk.session.scalars(query.order_by(Ticket.id.desc()).limit(RELATED)).all()
    parts = dict(splitting.kin(ticket))
    return [
        (one.number, parts.get(one.number) or _kinship(ticket, one), STATE_WORDS[State(one.state)])
        for one in found
    ]


def _is_of_same_person(ticket: Ticket, who: Person) -> sa.ColumnElement[bool]:
    """Open tickets of the same writer, but where that would tell who a confidential reporter is."""
    if ticket.openid is None or not who.sees_personal(ticket):
        return sa.false()
    return sa.and_(
        Ticket.openid == ticket.openid, Ticket.state.in_(ACTIVE), who.only_those_i_may_know()
    )


def _twin(desk: Desk, ticket: Ticket, who: Person) -> dict[str, str] | None:
    """What may be the same matter by another door, where this person may see it."""
    other = twins.proposed(desk, ticket) if ticket.state in ACTIVE else None
    if other is None or not who.may_see(other):
        return None
    return {
        "number": other.number,
        "source": SOURCES.get(other.source_channel, other.source_channel),
        "state": STATE_WORDS[State(other.state)],
        "words": other.masked_text[:60],
    }


def _kinship(ticket: Ticket, other: Ticket) -> str:
    if other.id == ticket.parent_id:
        return "上级单"
    if other.id == ticket.merged_into_id:
        return "已合并到"
    if other.parent_id == ticket.id:
        return "下级单"
    return "并进来的单" if other.merged_into_id == ticket.id else "同一住户的另一单"
