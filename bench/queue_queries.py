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
from nlu import places
from notifier.render import Renderer

LEADER = Person("u1", "站长", Role.STATION_HEAD, "S1")
WORKER = Person("u1", "员工", Role.CUSTOMER_MANAGER, "S1")
TABLES, WORDS, NOWHERE = tables.load(), Renderer(), places.build([])

Query = Callable[[Session, int], object]


def _desk(session: Session) -> Desk:
    return Desk(session, Clock().now(), TABLES, NOWHERE, WORDS, "https://bench.example")


def _listing(who: Person, **asked: str) -> Query:
    """A page of the queue for an address; `{n}` in it changes from round to round."""

    def ask(session: Session, number: int) -> object:
        args = {name: value.format(n=number) for name, value in asked.items()}
        return tickets_of(_desk(session), Filters.of(args, who), who)

    return ask


def _counts(session: Session, _: int) -> object:
    return counts(_desk(session), LEADER)


QUERIES: Mapping[str, Query] = {
    "queue: my tickets": _listing(WORKER, view="mine"),
    "queue: the station's": _listing(LEADER, view="station"),
    "queue: overdue": _listing(LEADER, view="overdue"),
    "queue: a grid's outages": _listing(LEADER, view="all", grid="G3", category="outage"),
    "queue: counts of the views": _counts,
    "search: a ticket's number": _listing(LEADER, view="all", q="T2026{n:09d}"),
    "search: a phone's tail": _listing(LEADER, view="all", q="1234"),
    "search: common words": _listing(LEADER, view="all", q="停电"),
    "search: rare words": _listing(LEADER, view="all", q="停电了 77{n}"),
    "search: words that nobody said": _listing(LEADER, view="all", q="鲸鱼搁浅{n}"),
}
