"""Who of the staff may do what to a ticket, by role, station and training; the refusal says who can.

CONTRACT.md, Assignee: a ticket of no place lies with the command centre; what hands touch is for the
safety-trained; the rest follows from who answers for a ticket.
"""

import sqlalchemy as sa

from config.routing import RoutingRules
from handlers.desk import Desk
from handlers.errors import NotAllowedError
from handlers.grid.models import GridStaff, Role, Staff
from handlers.tickets.models import Action, Ticket, TicketEvent

EVERYWHERE = frozenset({Role.COMMAND_CENTER, Role.ADMIN})
LEADING = frozenset({Role.TEAM_LEADER, Role.STATION_HEAD}) | EVERYWHERE
# What puts oneself, and one's hands, on a job.
HANDS = frozenset({Action.ACCEPT, Action.DEPART, Action.ARRIVE, Action.RESOLVE})
# What decides over a ticket: for whoever it lies with, the people of its grid, and the leaders.
DECIDING = frozenset(
    {
        Action.TRANSFER,
        Action.CANCEL,
        Action.CLOSE,
        Action.PAUSE,
        Action.RESUME,
        Action.MERGE,
        Action.UNMERGE,
        Action.REOPEN,
        Action.TAKE_OVER,
    }
)
AFTER_GIVING_BACK = frozenset({Action.MISROUTE, Action.NOTE})
ELSEWHERE = "{number} 不在您的站里，不能操作。要帮忙请联系供电服务指挥中心。"
GENERAL = "{number} 还没有定到哪个站，在总队列里，由供电服务指挥中心先派。派下来您会收到卡片。"
UNTRAINED = "{number} 要动手碰电力设备，您还没有安规考试合格的记录。现在由{who}负责，急的话请打电话叫抢修班或班长。"
NOT_YOURS = "{number} 现在由{who}负责，这一步要本人、本网格的人或班长来办。您可以先「备注 {number} …」，或请班长转派给您。"


def require(desk: Desk, person: Staff, ticket: Ticket, action: Action) -> None:
    """Raise NotAllowedError, with who can, unless this person may take this step."""
    if person.role in EVERYWHERE or ticket.assignee_userid == person.userid:
        return
    facts = {"number": ticket.number, "who": ticket.assignee.name if ticket.assignee else "班长"}
    if ticket.station_code is None:
        if action in AFTER_GIVING_BACK and _gave_back(desk, person, ticket):
            return
        raise NotAllowedError(GENERAL.format(**facts))
    if ticket.station_code != person.station_code:
        raise NotAllowedError(ELSEWHERE.format(**facts))
    if person.role in LEADING:
        return
    if action in HANDS and _untrained(person, ticket, desk.tables.routing.rules):
        raise NotAllowedError(UNTRAINED.format(**facts))
    if action in DECIDING and not _is_of_grid(desk, person, ticket):
        raise NotAllowedError(NOT_YOURS.format(**facts))


def may(desk: Desk, person: Staff, ticket: Ticket, action: Action) -> bool:
    try:
        require(desk, person, ticket, action)
    except NotAllowedError:
        return False
    return True


def _untrained(person: Staff, ticket: Ticket, rules: RoutingRules) -> bool:
    return ticket.category in rules.hands_on and not person.safety_trained


def _is_of_grid(desk: Desk, person: Staff, ticket: Ticket) -> bool:
    if ticket.grid_code is None:
        return False
    return desk.session.get(GridStaff, (ticket.grid_code, person.userid)) is not None


def _gave_back(desk: Desk, person: Staff, ticket: Ticket) -> bool:
    """Who called it misrouted may still say where it belongs, ask why it came, and note what he knows."""
    query = sa.select(TicketEvent.id).where(
        TicketEvent.ticket_id == ticket.id,
        TicketEvent.action == Action.MISROUTE,
        TicketEvent.by == person.userid,
    )
    return desk.session.scalar(query.limit(1)) is not None
