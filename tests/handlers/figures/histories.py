"""Random histories of tickets, and the slow way to the figures: reading every event there is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers import reactions
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.outages import service as outages
from handlers.outages.models import Outage
from handlers.surveys import service as surveys
from handlers.surveys.models import Survey
from handlers.surveys.rules import Mark
from handlers.tickets import promises, service
from handlers.tickets.models import Category, Promise, Ticket, TicketEvent
from handlers.tickets.opening import Wish, open_ticket

CATEGORIES = (Category.OUTAGE, Category.FAULT, Category.BILLING, Category.COMPLAINT)
PLACES = ("C001", "C002", None)
AREAS = ("TQ0001", "TQ0003")
PEOPLE = ("openid-a", "openid-b", "openid-c", None)
WORDS = ("家里没电了，跳闸", "电压低，空调带不动", "电费多扣了", "态度太差，电话没人接")


@dataclass
class Town:
    """One transaction in which time passes and things happen to tickets."""

    desk: Desk
    numbers: list[str] = field(default_factory=list)
    outages: list[str] = field(default_factory=list)

    def wait(self, minutes: int) -> None:
        self.desk.now += timedelta(minutes=minutes)

    def open(self, which: int, place: int, person: int) -> None:
        wish = Wish(
            CATEGORIES[which],
            WORDS[which],
            community_code=PLACES[place],
            place_text="" if PLACES[place] else "远处",
            openid=PEOPLE[person],
            keeps_apart=True,
        )
        ticket, _ = open_ticket(self.desk, wish)
        self.numbers.append(ticket.number)
        self._settle()

    def act(self, verb: str, which: int) -> None:
        """Do a step to one of the tickets; one that its state forbids does nothing."""
        if not self.numbers:
            return
        ticket = service.get(self.desk, self.numbers[which % len(self.numbers)])
        try:
            with (
                self.desk.session.begin_nested()
            ):  # as a message's transaction would, it takes all back
                STEPS[verb](self.desk, ticket)
        except DomainError:
            self.desk.happened.clear()
            return
        self._settle()

    def answer(self, which: int, mark: Mark) -> None:
        """The resident's word; what comes after the first is added to it."""
        if not self.numbers:
            return
        surveys.send_due(self.desk)
        ticket = service.get(self.desk, self.numbers[which % len(self.numbers)])
        survey = surveys.of_ticket(self.desk.session, ticket.id)
        if survey is not None and survey.answered_at is not None:
            surveys.add(self.desk, survey, mark, comment=None)
        elif survey is not None and survey.sent_at is not None:
            surveys.answer(self.desk, survey, mark, comment=None, came_from="chat")
        self._settle()

    def outage(self, verb: str, which: int) -> None:
        """Power goes off somewhere, is promised back later or sooner, comes back, or never was off."""
        try:
            with self.desk.session.begin_nested():
                self._outage(verb, which)
        except DomainError:
            self.desk.happened.clear()
            return
        self._settle()

    def _outage(self, verb: str, which: int) -> None:
        if verb in {"fault", "later"}:
            starts_at = self.desk.now + timedelta(minutes=0 if verb == "fault" else 90)
            columns = {
                "kind": "fault",
                "area_codes": [AREAS[which % len(AREAS)]],
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(hours=2),
                "reason": "故障",
            }
            made, _ = outages.draft(self.desk, columns, by="deng")
            outages.publish(self.desk, made, by="command")
            self.outages.append(made.outage_code)
        elif self.outages:
            one = outages.get(self.desk, self.outages[which % len(self.outages)])
            if verb == "restore":
                outages.restore(self.desk, one, by="command")
            elif verb == "delay":
                ends_at = max(one.ends_at, self.desk.now) + timedelta(hours=1)
                outages.change(self.desk, one, {"ends_at": ends_at}, by="command")
            else:
                outages.cancel(self.desk, one, by="command", reason="不停了")

    def _settle(self) -> None:
        reactions.settle(self.desk)
        self.desk.session.flush()


def _promise(desk: Desk, ticket: Ticket) -> None:
    moment = desk.now + timedelta(minutes=90)
    promises.make(desk, kind="arrival", promised_at=moment, ticket=ticket, by="zhou")


STEPS: dict[str, Callable[[Desk, Ticket], None]] = {
    "accept": lambda desk, ticket: service.accept(desk, ticket, by="zhou"),
    "arrive": lambda desk, ticket: service.arrive(desk, ticket, by="he"),
    "reply": lambda desk, ticket: service.reply(desk, ticket, by="zhou", text="马上到"),
    "resolve": lambda desk, ticket: service.resolve(desk, ticket, by="zhou", text="已恢复 #其他"),
    "check": lambda desk, ticket: service.resolve(desk, ticket, by="deng", text="已恢复 #其他"),
    "close": lambda desk, ticket: service.close(desk, ticket, by="deng", text="#其他"),
    "cancel": lambda desk, ticket: service.cancel(desk, ticket, by="resident"),
    "reopen": lambda desk, ticket: service.reopen(desk, ticket, by="resident"),
    "urge": lambda desk, ticket: service.urge(desk, ticket, text="快点"),
    "transfer": lambda desk, ticket: service.transfer(
        desk, ticket, to="xu" if ticket.assignee_userid != "xu" else "zhou", by="deng"
    ),
    "promise": _promise,
}


OUTAGE_VERBS = ("fault", "later", "restore", "delay", "cancel")


def promised_of_outages(
    session: Session, now: datetime, key: Callable[[Outage], str]
) -> dict[str, dict[str, int]]:
    """What was promised about the end of outages and held, from their events one by one."""
    sums: dict[str, dict[str, int]] = {}
    for outage in session.scalars(sa.select(Outage)):
        events = {event.action: event for event in outage.events}
        if "published" not in events or "cancelled" in events:
            continue
        restored = outage.restored_at if "restored" in events else None
        mine = sums.setdefault(key(outage), {})
        is_due = restored is not None or outage.ends_at < now
        is_kept = restored is not None and restored <= outage.ends_at
        mine["promises_due"] = mine.get("promises_due", 0) + int(is_due)
        mine["promises_kept"] = mine.get("promises_kept", 0) + int(is_kept)
    return sums


def slowly(
    session: Session, now: datetime, key: Callable[[Ticket], str]
) -> dict[str, dict[str, int]]:
    """Sums by a key of tickets, from their events, surveys and promises one by one."""
    sums: dict[str, dict[str, int]] = {}
    tickets = list(session.scalars(sa.select(Ticket).order_by(Ticket.id)))
    for ticket in tickets:
        query = sa.select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)
        events = list(session.scalars(query.order_by(TicketEvent.id)))
        mine = sums.setdefault(key(ticket), {})
        for name, value in _of_one(session, ticket, events, now).items():
            mine[name] = mine.get(name, 0) + value
        if events[-1].to_state not in {"cancelled", "merged"}:
            mine["repeated"] = mine.get("repeated", 0) + int(_came_before(ticket, tickets))
    return sums


def _came_before(ticket: Ticket, tickets: list[Ticket]) -> bool:
    if ticket.openid is None or ticket.parent_id is not None:
        return False
    month = timedelta(days=30)
    return any(
        other.id < ticket.id
        and other.parent_id is None
        and (other.openid, other.category) == (ticket.openid, ticket.category)
        and other.created_at >= ticket.created_at - month
        for other in tickets
    )


def _of_one(
    session: Session, ticket: Ticket, events: list[TicketEvent], now: datetime
) -> dict[str, int]:
    state = events[-1].to_state
    found = {"created": 1, "urged": sum(event.action == "urge" for event in events)}
    if state in {"cancelled", "merged"}:
        return found | {"dropped": 1}
    began, cycle = ticket.reported_at, events
    for number, event in enumerate(events):
        if event.action == "reopen":
            began, cycle = event.at, events[number:]
    done = _first(cycle, "resolve", "close") if state in {"resolved", "closed"} else None
    contacted = _first(cycle, "accept", "arrive", "reply")
    arrived = _first(cycle, "arrive")
    due = {stage: datetime.fromisoformat(text) for stage, text in ticket.due.items()}
    finish = due.get("restoration") or due.get("reply")
    found |= {
        "resolved": int(done is not None),
        "reopened": sum(event.action == "reopen" for event in events),
        "handling_minutes": int((done - began).total_seconds() // 60) if done else 0,
    }
    for name, limit, moment in (
        ("contact", due.get("first_contact"), contacted or done),
        ("arrival", due.get("arrival"), arrived or done),
        ("finish", finish, done),
    ):
        if limit is not None and (moment is not None or limit < now):
            found[f"{name}_due"] = 1
            found[f"{name}_in_time"] = int(moment is not None and moment <= limit)
    if arrived is not None and "arrival" in due:
        minutes = (arrived - began).total_seconds() / 60
        found |= {"arrived": 1, "arrived_soon": int(minutes <= 15), "arrival_minutes": int(minutes)}
    return found | _survey(session, ticket) | _promised(session, ticket, now, state)


def _survey(session: Session, ticket: Ticket) -> dict[str, int]:
    survey = session.scalar(sa.select(Survey).where(Survey.ticket_id == ticket.id))
    if survey is None or survey.sent_at is None:
        return {}
    if survey.answered_at is None:
        return {"surveyed": 1}
    is_bad = survey.is_solved is False or (survey.score or 5) <= 2
    return {
        "surveyed": 1,
        "answered": 1,
        "scored": int(survey.score is not None),
        "score_sum": survey.score or 0,
        "satisfied": int((survey.score or 0) >= 4),
        "told_solved": int(survey.is_solved in {True, False}),
        "solved": int(survey.is_solved is True),
        "told_time": int(survey.was_in_time in {True, False}),
        "in_time": int(survey.was_in_time is True),
        "told_manner": int(survey.attitude in {1, 3, 5}),
        "kind": int(survey.attitude == 5),
        "bad_marks": int(is_bad),
    }


def _promised(session: Session, ticket: Ticket, now: datetime, state: str) -> dict[str, int]:
    rows = session.scalars(sa.select(Promise).where(Promise.ticket_id == ticket.id))
    in_force = [row for row in rows if row.superseded_at is None]
    kept = [row for row in in_force if row.kept_at is not None]
    lapsed = [row for row in in_force if row.kept_at is None and row.promised_at < now]
    is_open = state not in {"resolved", "closed"}
    return {
        "promises_due": len(kept) + (len(lapsed) if is_open else 0),
        "promises_kept": sum(row.kept_at <= row.promised_at for row in kept if row.kept_at),
    }


def _first(events: list[TicketEvent], *actions: str) -> datetime | None:
    return next((event.at for event in events if event.action in actions), None)
