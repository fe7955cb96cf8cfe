"""A ticket that lies with the wrong grid: back to the command centre, and learned from."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import StateConflictError
from handlers.grid import queries as grid
from handlers.grid import service as registry
from handlers.grid.models import Community, CommunityAlias, Grid, Role, Staff
from handlers.grid.places import Where
from handlers.tickets import notices
from handlers.tickets.events import TicketChanged
from handlers.tickets.models import Action, State, Ticket, TicketEvent
from handlers.tickets.opening import record
from handlers.tickets.placing import place_ticket
from handlers.tickets.rules import next_state
from notifier.outbox import put

NOT_YOURS = "这张单现在由{who}负责，请他来退，或发「升级」。"
NO_REASON = "没有说原因"
DECIDING = frozenset({Role.TEAM_LEADER, Role.STATION_HEAD, Role.COMMAND_CENTER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Correction:
    """How often tickets of a place went to a grid that sent them back, and where they belonged."""

    place: str
    wrong_grid: str
    right_grid: str
    times: int
    last_number: str


def give_back(desk: Desk, ticket: Ticket, *, by: Staff, reason: str = "") -> None:
    """Into the command centre's general queue, with the reason; its people find the right place."""
    if by.userid != ticket.assignee_userid and by.role not in DECIDING:
        who = ticket.assignee.name if ticket.assignee else "指挥中心"
        raise StateConflictError(NOT_YOURS.format(who=who))
    before = State(ticket.state)
    done_by = ticket.assignee.name if ticket.assignee else ""
    ticket.state = next_state(Action.MISROUTE, before, done_by=done_by)
    facts = {
        "grid": ticket.grid_code or "",
        "place": f"{ticket.place_text}{ticket.building and ticket.building + '栋'}",
        "userid": ticket.assignee_userid or "",
    }
    ticket.station_code = ticket.grid_code = ticket.area_code = None
    ticket.assignee, ticket.assignee_userid = None, None
    ticket.accepted_at = None
    ticket.updated_at = desk.now
    words = reason.strip()[:200] or NO_REASON
    ticket.assigned_because = f"{by.name}退回：派错了，{words}"
    record(
        desk,
        ticket,
        Action.MISROUTE,
        by=by.userid,
        text=words,
        from_state=before,
        is_public=False,
        facts=facts,
    )
    desk.session.flush()
    cards = [
        notices.card(desk, ticket, person, "ticket_misrouted", because=f"{by.name}：{words}")
        for person in grid.command_center(desk.session)
    ]
    put(desk.session, cards, now=desk.now)
    desk.record(TicketChanged(ticket.id, Action.MISROUTE, by.userid))


def put_right(desk: Desk, ticket: Ticket, where: Where, *, by: str, learn: bool) -> None:
    """Place it where it belongs; with `learn`, the words that led astray mean the right place."""
    wrong = ticket.community_code
    place_ticket(desk, ticket, where, by=by, learn=learn)
    if learn and wrong and where.community_code and wrong != where.community_code:
        _relearn(desk, ticket, wrong, where.community_code)


def corrections(desk: Desk, *, station_code: str | None = None, days: int = 30) -> list[Correction]:
    """What was sent back lately, the most frequent first: the registry is wrong about these.

    With a station: what one of its grids sent back, or should have had.
    """
    query = (
        sa.select(TicketEvent.facts, Ticket.grid_code, Ticket.number)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(
            TicketEvent.action == Action.MISROUTE,
            TicketEvent.at >= desk.now - timedelta(days=days),
        )
        .order_by(TicketEvent.id)
    )
    found: dict[tuple[str, str, str], list[str]] = {}
    for facts, right, number in desk.session.execute(query):
        key = (str(facts.get("place", "")), str(facts.get("grid", "")), right or "")
        found.setdefault(key, []).append(number)
    rows = [Correction(*key, len(numbers), numbers[-1]) for key, numbers in found.items()]
    if station_code is not None:
        own = set(
            desk.session.scalars(sa.select(Grid.grid_code).filter_by(station_code=station_code))
        )
        rows = [row for row in rows if own & {row.wrong_grid, row.right_grid}]
    return sorted(rows, key=lambda row: (-row.times, row.place))


def _relearn(desk: Desk, ticket: Ticket, wrong: str, right: str) -> None:
    """A name that was learned for the wrong community is forgotten; the right one gets it."""
    name = desk.session.get_one(Community, wrong).name
    for entity in desk.places.find(ticket.text):
        said = ticket.text[entity.start : entity.end]
        if entity.value != name or said == name:
            continue
        desk.session.execute(
            sa.delete(CommunityAlias).where(
                CommunityAlias.alias == said,
                CommunityAlias.community_code == wrong,
                CommunityAlias.is_learned,
            )
        )
        registry.learn_alias(desk, said, right)
