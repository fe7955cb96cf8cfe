"""What the console's queue page asks the database, through the page's own functions."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from bot.access.signed_in import Person
from bot.console.filters import Filters, counts
from bot.console.queue import _tickets as tickets_of
from config import tables
from config.clock import Clock
from handlers.desk import Desk
from handlers.grid.models import Role
from handlers.tickets.queries import plan_afresh
from nlu import places
from notifier.render import Renderer

CENTER = Person("u1", "值班", Role.COMMAND_CENTER, None)
LEADER = Person("u1", "站长", Role.STATION_HEAD, "S1")
WORKER = Person("u1", "员工", Role.CUSTOMER_MANAGER, "S1")
TABLES, WORDS, NOWHERE = tables.load(), Renderer(), places.build([])

Query = Callable[[Session, int], object]


def desk_of(session: Session) -> Desk:
    return Desk(session, Clock().now(), TABLES, NOWHERE, WORDS, "https://bench.example")


def _listing(who: Person, **asked: str) -> Query:
    """A page of the queue for an address; `{n}` in it changes from round to round."""

    def ask(session: Session, number: int) -> object:
        args = {name: value.format(n=number) for name, value in asked.items()}
        plan_afresh(session)
        return tickets_of(desk_of(session), Filters.of(args, who), who)

    return ask


def _counts(who: Person) -> Query:
    def ask(session: Session, _: int) -> object:
        plan_afresh(session)
        return counts(desk_of(session), who)

    return ask


QUERIES: Mapping[str, Query] = {
    "queue: my tickets": _listing(WORKER, view="mine"),
    "queue: the station's": _listing(LEADER, view="station"),
    "queue: overdue": _listing(LEADER, view="overdue"),
    "queue: a grid's outages": _listing(LEADER, view="all", grid="G3", category="outage"),
    "queue: counts of the views": _counts(LEADER),
    "queue: everywhere's": _listing(CENTER, view="station"),
    "queue: everywhere's counts": _counts(CENTER),
    "queue: waiting for marks, everywhere": _listing(CENTER, view="rating"),
    "queue: a category's, far down": _listing(LEADER, view="all", category="billing", after="4000"),
    "queue: the station's, far down": _listing(LEADER, view="station", after="P2-0-1"),
    "search: a ticket's number": _listing(LEADER, view="all", q="T2026{n:09d}"),
    "search: a phone's tail": _listing(LEADER, view="all", q="1234"),
    "search: common words": _listing(LEADER, view="all", q="停电"),
    "search: rare words": _listing(LEADER, view="all", q="停电了 77{n}"),
    "search: two words": _listing(LEADER, view="all", q="小区 7{n}7"),
    "search: words that nobody said": _listing(LEADER, view="all", q="鲸鱼搁浅{n}"),
}
