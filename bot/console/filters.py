"""Saved views and filters of the queue: from the address to conditions of a query."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

import sqlalchemy as sa

from bot.access.signed_in import Person
from config.database import blind
from handlers.desk import Desk
from handlers.tickets.models import Category, Priority, State, Ticket
from handlers.tickets.queries import is_active, says

SOON = timedelta(minutes=60)
NEWEST_FIRST = frozenset({"rating", "all"})
COUNTED = 1000
WAITING = (State.OPEN, State.ASSIGNED, State.REOPENED)
VIEWS = {
    "mine": "我的",
    "waiting": "待接单",
    "soon": "快到时限",
    "overdue": "已超时",
    "station": "本站全部",
    "general": "总队列",
    "rating": "已办结待评价",
    "all": "全部工单",
}
EMPTY = {
    "mine": "您手上没有在办的工单。新工单派给您时会在这里出现，企业微信也会收到卡片。",
    "waiting": "没有等人接的单。住户报修后几秒内会出现在这里；按 j、k 选，e 接单。",
    "soon": "一小时内没有要到时限的单。时限怎么算的，点开工单看「时限怎么算的」。",
    "overdue": "没有超时的单。",
    "station": "没有在办的单。",
    "general": "总队列是空的。住户说的地点不在登记里时，工单会到这里等您指定小区，系统会记住这个叫法。",
    "rating": "没有等评价的单。办结后住户会收到评价，72 小时没有回音自动关闭。",
    "all": "没有找到。可以搜：单号、手机尾号 4 位、完整手机号、户号，或住户说的话、地点（几个词用空格隔开）。",
}
TAIL, PHONE = re.compile(r"\d{4}"), re.compile(r"1\d{10}")
ACCOUNT, NUMBER = re.compile(r"\d{10}|\d{13}"), re.compile(r"[Tt]\d{3,}")
UNSEEN = re.compile(r"[\x00-\x1f\x7f]")  # no text of PostgreSQL holds a zero
MAX_WORDS = 60
NUMBER_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address of the queue asks for; unknown values count as not given."""

    view: str
    state: str = ""
    category: str = ""
    priority: str = ""
    grid: str = ""
    community: str = ""
    q: str = ""
    after: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str], who: Person) -> "Filters":
        args = {name: UNSEEN.sub(" ", value) for name, value in args.items()}
        words = args.get("q", "").strip()[:MAX_WORDS]
        fallback = "all" if words else ("station" if who.is_leading else "mine")
        return cls(
            view=args["view"] if args.get("view") in VIEWS else fallback,
            state=_one_of(args.get("state"), State),
            category=_one_of(args.get("category"), Category),
            priority=_one_of(args.get("priority"), Priority),
            grid=args.get("grid", "")[:MAX_WORDS],
            community=args.get("community", "")[:MAX_WORDS],
            q=words,
            after=args.get("after", "")[:MAX_WORDS],
        )

    def address(self, **changes: str) -> str:
        """The same filters, with some changed, as a query string; what is empty is left out."""
        wanted = replace(self, **({"after": ""} | changes))
        pairs = {name: getattr(wanted, name) for name in self.__slots__}
        return "?" + urlencode({name: value for name, value in pairs.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.state or self.category or self.priority or self.grid or self.community)

    def conditions(self, desk: Desk, who: Person) -> list[sa.ColumnElement[bool]]:
        found = [who.only_mine(), *view_conditions(self.view, desk, who)]
        for column, value in (
            (Ticket.state, self.state),
            (Ticket.category, self.category),
            (Ticket.priority, self.priority),
            (Ticket.grid_code, self.grid),
            (Ticket.community_code, self.community),
        ):
            if value:
                found.append(column == value)
        if self.q:
            found.append(_matches(desk, self.q, who))
        return found


def views_for(who: Person) -> dict[str, str]:
    """The saved views a person has, by their words; the general queue is the command centre's."""
    found = dict(VIEWS)
    if who.is_everywhere:
        return found | {"station": "全部在办"}
    found.pop("general")
    return found


def view_conditions(view: str, desk: Desk, who: Person) -> list[sa.ColumnElement[bool]]:
    active = is_active()
    conditions: dict[str, list[sa.ColumnElement[bool]]] = {
        "mine": [active, Ticket.assignee_userid == who.userid],
        "waiting": [active, Ticket.state.in_(WAITING)],
        "soon": [active, Ticket.next_due_at.between(desk.now, desk.now + SOON)],
        "overdue": [active, Ticket.next_due_at < desk.now],
        "station": [active],
        "general": [active, Ticket.grid_code.is_(None)],
        "rating": [Ticket.state == State.RESOLVED],
        "all": [],
    }
    return conditions[view]


def counts(desk: Desk, who: Person) -> dict[str, int]:
    """How many each view holds; counting stops at a thousand."""
    found = {}
    for view in views_for(who):
        if view == "all":
            continue
        inside = (
            sa.select(sa.literal(1))
            .select_from(Ticket)
            .where(who.only_mine(), *view_conditions(view, desk, who))
            .limit(COUNTED)
        )
        found[view] = desk.session.scalar(sa.select(sa.func.count()).select_from(inside.subquery()))
    return {view: number or 0 for view, number in found.items()}


def _matches(desk: Desk, words: str, who: Person) -> sa.ColumnElement[bool]:
    """By number, phone or its tail, account number, else the words (personal data masked).

    Whoever may not know a confidential reporter does not find one by a number tried either.
    """
    if NUMBER.fullmatch(words):
        low = words.upper()  # a range, which every collation's index serves; a prefix's LIKE is not
        return Ticket.number.between(low, low.ljust(NUMBER_LENGTH, "9"))
    for pattern, column, purpose in (
        (PHONE, Ticket.phone_index, "phone"),
        (TAIL, Ticket.phone_tail_index, "phone_tail"),
        (ACCOUNT, Ticket.account_index, "account"),
    ):
        if pattern.fullmatch(words):
            is_theirs = column == blind(desk.session, words, purpose)  # in texts they are masked
            return sa.and_(is_theirs, who.only_those_i_may_know())
    return says(desk.session, words)


def _one_of(value: str | None, kind: type[State | Category | Priority]) -> str:
    return value if value in {one.value for one in kind} else ""
