"""What the triage tree can look up about a report; each check names a branch, or asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config.triage import FILE, Node
from handlers.customers import places as homes
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn
from handlers.grid.places import Where, ask_place
from handlers.grid.queries import community_by_name
from handlers.grid.rules import building_of
from handlers.outages import answers
from handlers.outages import queries as outages
from handlers.outages.models import Outage
from handlers.tickets import arrears, contact
from handlers.tickets.models import Category, Ticket

ONLY_MINE = (
    "只有我家",
    "就我家",
    "只有我这",
    "只我一家",
    "我家单独",
    "其他家有电",
    "别人家有电",
    "邻居有电",
)


@dataclass(slots=True)
class Situation:
    """One report on its way through the tree, with what the checks have found."""

    turn: Turn
    desk: Desk
    case: dict[str, Any]
    category: Category
    still_dark: bool = False
    where: Where | None = None
    outage: Outage | None = None
    ticket: Ticket | None = None
    customer: Customer | None = None

    def decide(self, _: str, node: Node) -> str | Reply | None:
        """The branch of a check; None at the filing of the ticket, which is not ours."""
        return None if node.check == FILE else CHECKS[node.check](self)


def _yes(claim: object) -> str:
    return "yes" if claim else "no"


def contacts(report: Situation) -> str:
    """Whether this is one contact too many about an open ticket."""
    report.ticket = contact.pressed_ticket(report.desk, report.turn.user_id)
    return _yes(report.ticket)


def open_ticket(report: Situation) -> str:
    """Whether the resident has this reported already, and names no other place."""
    if report.case.get("danger"):
        return "no"
    mine = contact.open_of(report.desk, report.turn.user_id)
    report.ticket = next((one for one in mine if _is_same(report, one)), None)
    return _yes(report.ticket)


def community(report: Situation) -> str | Reply:
    return _place(report, needs_building=False)


def building(report: Situation) -> str | Reply:
    """Where in the community; needless where all of it is dark."""
    is_wide = report.case["facts"].get("scope") == "community"
    return _place(report, needs_building=not is_wide)


def matter(report: Situation) -> str:
    if report.still_dark:
        return "still_dark"
    return report.category if report.category in {"outage", "power_quality"} else "fault"


def danger(report: Situation) -> str:
    return _yes(report.case.get("danger"))


def only_mine(report: Situation) -> str:
    told = report.case["facts"].get("scope") == "household"
    return _yes(told or any(map(says_only_mine, report.case["texts"])))


def known_outage(report: Situation) -> str:
    """Whether an outage that is on hits this place, as far as the place is known yet."""
    where = report.where
    if where is None or where.community_code is None:
        return "no"
    session, now = report.desk.session, report.desk.now
    outage = outages.active_at(session, where.community_code, where.building, now)
    if outage is None or (
        not where.building and answers.is_partial(report.desk, outage, where.community_code)
    ):
        return "no"
    report.outage = outage
    return "yes"


def cut_for_arrears(report: Situation) -> str | Reply:
    if report.where is None:
        return "no"
    report.customer = arrears.cut_at(report.desk, report.turn.user_id, report.where)
    if report.customer is None:
        return "no"
    return arrears.ask(report.turn, report.case, report.where, report.customer)


def phone_known(report: Situation) -> str:
    """Whether a phone was known when the ticket was opened; one told since is an answer."""
    return _yes(report.case.get("phone_known"))


CHECKS: Mapping[str, Callable[[Situation], str | Reply]] = {
    "contacts": contacts,
    "open_ticket": open_ticket,
    "community": community,
    "building": building,
    "matter": matter,
    "danger": danger,
    "only_mine": only_mine,
    "known_outage": known_outage,
    "arrears": cut_for_arrears,
    "phone_known": phone_known,
}


def says_only_mine(text: str) -> bool:
    return any(mine in text for mine in ONLY_MINE)


def _place(report: Situation, *, needs_building: bool) -> str | Reply:
    home = homes.known_place(report.desk, report.turn.user_id)
    found = ask_place(
        report.turn, report.desk, needs_building=needs_building, known=home, asks_all=True
    )
    if isinstance(found, Reply):
        report.turn.memory["form"]["answered_by"] = ["scope"]  # 「只有我家」 goes on with it
        return found
    report.where = found
    return "told"


def _is_same(report: Situation, ticket: Ticket) -> bool:
    """The same matter, and every place that is told is the ticket's."""
    if ticket.category != report.category or report.case.get("place"):
        return False
    named = [community_by_name(report.desk.session, n) for n in report.turn.values("community")]
    if any(one is None or one.community_code != ticket.community_code for one in named):
        return False
    told = {building_of(address) for address in report.turn.values("address")}
    return told <= {ticket.building}
