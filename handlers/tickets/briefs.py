"""简报: what awaits someone at the start of the shift, once a shift."""

from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid.models import Grid, GridStaff, Role, Staff, TransformerArea
from handlers.outages import queries as outages
from handlers.outages import rules as outage_rules
from handlers.outages import wording
from handlers.outages.models import Outage
from handlers.tickets import handovers, promises
from handlers.tickets.digests import line_of
from handlers.tickets.explanation import day_words, moment_words
from handlers.tickets.models import Promise, Ticket
from handlers.tickets.notices import notable_deadline
from handlers.tickets.queries import is_active
from notifier.models import Channel, OutboxMessage, OutboxState
from notifier.outbox import Outgoing, put

KIND = "brief"
LISTED = 8
NOTHING = "nothing to tell"
DAY = timedelta(days=1)
CENTER = frozenset({Role.COMMAND_CENTER, Role.ADMIN})
LEADING = frozenset({Role.TEAM_LEADER, Role.STATION_HEAD})


def send_briefs(desk: Desk) -> int:
    """Tell everyone whose shift has just begun; returns how many messages were put.

    Who has nothing to hear is not disturbed, and not asked about again in this shift.
    """
    begun = {
        _key(one, at): one for one in grid.active_staff(desk.session) if (at := _begun(desk, one))
    }
    known = sa.select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(begun))
    for key in desk.session.scalars(known).all():
        del begun[key]
    away = grid.on_leave(desk.session, [one.userid for one in begun.values()], desk.now)
    messages = [_message(desk, one, key) for key, one in begun.items() if one.userid not in away]
    return put(desk.session, messages, now=desk.now)


def text(desk: Desk, person: Staff) -> str:
    """The brief in words, at any time of the day."""
    return desk.words.text(KIND, "staff", facts(desk, person))


def facts(desk: Desk, person: Staff) -> dict[str, Any]:
    """Open tickets, what was promised for today, today's outages, notes of the last shift."""
    tickets = _tickets(desk, person)
    promised = due_today(desk, person)
    planned = todays_outages(desk, person)
    notes = handovers.latest(desk, person.station_code, userid=person.userid)
    return {
        "day": day_words(desk.now),
        "name": person.name,
        "whose": _whose(person),
        "count": len(tickets),
        "late": sum(1 for one in tickets if one.next_due_at and one.next_due_at < desk.now),
        "tickets": [ticket_line(desk, one) for one in tickets[:LISTED]],
        "more": max(len(tickets) - LISTED, 0),
        "promises": [promise_line(desk, one) for one in promised[:LISTED]],
        "outages": [outage_line(desk, one) for one in planned[:LISTED]],
        "notes": [note_line(desk, one.from_userid, one.written_at, one.text) for one in notes],
        "url": f"{desk.public_url}/console/shift",
    }


def due_today(desk: Desk, person: Staff) -> list[Promise]:
    """Open promises that must be kept before midnight, late ones too."""
    midnight = datetime.combine(desk.now.date() + DAY, time(), desk.now.tzinfo)
    return [one for one in outstanding(desk, person) if one.promised_at < midnight]


def outstanding(desk: Desk, person: Staff) -> list[Promise]:
    """A person's own promises; a leader's station's; the command centre's are everyone's."""
    if person.role in CENTER:
        return promises.outstanding(desk)
    if person.role in LEADING:
        return promises.outstanding(desk, station_code=person.station_code)
    mine = {one.id for one in handovers.in_hand(desk, person)}
    found = promises.outstanding(desk, station_code=person.station_code)
    return [one for one in found if one.ticket_id in mine]


def todays_outages(desk: Desk, person: Staff) -> list[Outage]:
    """What is off now or will be today in one's grids, for leaders in the station."""
    midnight = datetime.combine(desk.now.date() + DAY, time(), desk.now.tzinfo)
    found = outages.search(
        desk.session,
        states=sorted(outage_rules.ANNOUNCED),
        station_code=person.station_code,
        starts_to=midnight,
        limit=200,
    )
    today = [one for one in found if one.ends_at > desk.now]
    areas = _areas_of(desk, person)
    mine = [one for one in today if areas is None or any(a.area_code in areas for a in one.areas)]
    return sorted(mine, key=lambda one: one.starts_at)


def ticket_line(desk: Desk, ticket: Ticket) -> str:
    deadline = notable_deadline(ticket)
    return f"[{ticket.priority}] {line_of(desk, ticket, '', '').title}" + (
        f"，{deadline}" if deadline else ""
    )


def promise_line(desk: Desk, promise: Promise) -> str:
    ticket = desk.session.get(Ticket, promise.ticket_id) if promise.ticket_id else None
    about = ticket.number if ticket else f"停电 {promise.outage_code or ''}"
    what = promises.KIND_WORDS.get(promise.kind, "完成")
    late = "（已过时间）" if promise.promised_at < desk.now else ""
    return f"{about} {moment_words(promise.promised_at)}前{what}{late}"


def outage_line(desk: Desk, outage: Outage) -> str:
    places = wording.short_places(outages.touched(desk.session, outage))
    return f"{wording.window(outage.starts_at, outage.ends_at)} {places} {wording.reason(outage)}"


def note_line(desk: Desk, userid: str, at: datetime, words: str) -> str:
    person = desk.session.get(Staff, userid)
    return f"{person.name if person else userid}（{at:%H:%M}）：{words}"


def _begun(desk: Desk, person: Staff) -> datetime | None:
    """When the shift began that a brief is still worth sending for."""
    rules = desk.tables.routing.rules
    at = datetime.combine(
        desk.now.date(), time.fromisoformat(person.starts or rules.brief_at), desk.now.tzinfo
    )
    at = at if at <= desk.now else at - DAY
    return at if desk.now - at < timedelta(minutes=rules.brief_within_minutes) else None


def _key(person: Staff, at: datetime) -> str:
    return f"{KIND}:{person.userid}:{at:%Y%m%d%H%M}"


def _message(desk: Desk, person: Staff, key: str) -> Outgoing:
    values = facts(desk, person)
    told = any(values[name] for name in ("count", "promises", "outages", "notes"))
    return Outgoing(
        channel=Channel.WECOM_APP,
        target=person.userid,
        kind=KIND,
        payload={"text": desk.words.text(KIND, "staff", values) if told else ""},
        key=key,
        state=OutboxState.PENDING if told else OutboxState.SKIPPED,
        error="" if told else NOTHING,
    )


def _tickets(desk: Desk, person: Staff) -> list[Ticket]:
    """One's own; a leader's station's; for the command centre the general queue and 督办."""
    if person.role not in CENTER | LEADING:
        return handovers.in_hand(desk, person)
    query = sa.select(Ticket).where(is_active())
    if person.role in CENTER:
        query = query.where(sa.or_(Ticket.station_code.is_(None), Ticket.is_supervised))
    else:
        query = query.where(Ticket.station_code == person.station_code)
    order = query.order_by(Ticket.priority, Ticket.next_due_at, Ticket.id)
    return list(desk.session.scalars(order))


def _whose(person: Staff) -> str:
    if person.role in CENTER:
        return "总队列和督办"
    return "全站在办" if person.role in LEADING else "您手上"


def _areas_of(desk: Desk, person: Staff) -> set[str] | None:
    """The transformer areas of one's grids; None where the whole station, or all, is meant."""
    mine = sa.select(GridStaff.grid_code).where(GridStaff.userid == person.userid)
    codes = set(
        desk.session.scalars(
            sa.select(TransformerArea.area_code)
            .join(Grid, Grid.grid_code == TransformerArea.grid_code)
            .where(Grid.grid_code.in_(mine))
        )
    )
    return codes or None
