"""Give a ticket its place: into the right grid's queue, with the right person and clock."""

from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid import service as registry
from handlers.grid.places import Where
from handlers.tickets import assignment, deadlines, household, notices
from handlers.tickets.models import Action, State, Ticket
from handlers.tickets.opening import record


def place_ticket(desk: Desk, ticket: Ticket, where: Where, *, by: str, learn: bool = False) -> None:
    """Move a ticket to where it belongs; with `learn`, the words it was told by become an alias.

    Used when a resident tells the place later, when a person assigns the general queue's tickets,
    and when a grid says that a ticket is not its own.
    """
    spot = (
        grid.locate(desk.session, where.community_code, where.building)
        if where.community_code
        else None
    )
    said_before = ticket.place_text
    ticket.place_text = where.name
    ticket.building = where.building
    building = where.building and f"{where.building}{where.unit}"
    ticket.address = "".join(filter(None, (building, where.room))) or None
    ticket.updated_at = desk.now
    if spot is None:
        ticket.subject_key = None
        record(desk, ticket, Action.ADD, by=by, text=f"地点：{where.text}")
        return
    ticket.community_code = spot.community.community_code
    household.claim(desk.session, ticket)
    ticket.station_code, ticket.grid_code = spot.station.station_code, spot.grid.grid_code
    ticket.area_code = spot.area.area_code if spot.area else None
    chosen = assignment.choose(
        desk, grid_code=spot.grid.grid_code, category=ticket.category, priority=ticket.priority
    )
    ticket.assignee, ticket.assigned_because = chosen.staff, chosen.because
    ticket.assignee_userid = chosen.staff.userid if chosen.staff else None
    if chosen.staff is not None and ticket.state in {State.OPEN, State.ASSIGNED}:
        ticket.state = State.ASSIGNED
    record(
        desk,
        ticket,
        Action.ASSIGN,
        by=by,
        text=f"{where.text}：{chosen.because}",
        facts={"to": ticket.assignee_userid or ""},
    )
    deadlines.set_due(desk, ticket, place_kind=spot.community.kind)
    if learn and said_before and said_before != spot.community.name:
        registry.learn_alias(desk, said_before, spot.community.community_code)
    desk.session.flush()
    notices.opened(desk, ticket)
