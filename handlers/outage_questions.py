"""「什么时候来电」: the own report where one is open, else what is known of the place."""

import re

from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn
from handlers.outages import dialogue as outages
from handlers.outages import queries
from handlers.tickets import contact, progress
from handlers.tickets.models import Category, Ticket

WHEN = re.compile(
    r"(?:什么时候|啥时候?|几点|多久|何时|多会儿?|几时).{0,6}(?:来|有|恢复|送|通|修|好)"
)


def query_outage(turn: Turn, desk: Desk) -> Reply:
    """Who has reported no power and asks when it comes back hears how far the report is."""
    asks_when = turn.is_fresh and WHEN.search(turn.text) and not turn.values("community")
    mine = contact.open_of(desk, turn.user_id) if asks_when else []
    report = next((one for one in mine if one.category == Category.OUTAGE), None)
    if report is None or _is_known(desk, report):
        return outages.query_outage(turn, desk)
    return progress.query_progress(turn, desk)


def _is_known(desk: Desk, report: Ticket) -> bool:
    code, building = report.community_code, report.building
    return bool(code and queries.active_at(desk.session, code, building, desk.now))
