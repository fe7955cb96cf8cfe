"""What makes a clock stand still: the ticket's own pauses, and force majeure."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from config.sla import Stage
from handlers.desk import Desk
from handlers.tickets.clock_rules import Pause
from handlers.tickets.models import ForceMajeure, Priority, Ticket

REPAIR_STAGES = frozenset({Stage.ARRIVAL, Stage.RESTORATION})


def declared(desk: Desk) -> list[ForceMajeure]:
    """Every declared time of force majeure; they are few."""
    return list(desk.session.scalars(sa.select(ForceMajeure).order_by(ForceMajeure.id)))


def is_paused(ticket: Ticket) -> bool:
    return bool(ticket.pauses) and "until" not in ticket.pauses[-1]


def pauses_of(
    ticket: Ticket, stage: Stage, storms: Sequence[ForceMajeure], now: datetime
) -> tuple[Pause, ...]:
    """The ticket's own pauses and the storms over its station; what is not over runs until now."""
    found = [
        Pause(
            datetime.fromisoformat(one["from"]),
            datetime.fromisoformat(one["until"]) if "until" in one else now,
            one["reason"],
        )
        for one in ticket.pauses
    ]
    found += [
        Pause(storm.starts_at, storm.ends_at or now, storm.reason)
        for storm in storms
        if is_hit(ticket, stage, storm)
    ]
    return tuple(found)


def is_hit(ticket: Ticket, stage: Stage, storm: ForceMajeure) -> bool:
    """Danger to life is answered in any weather: its clock never stands still for a storm."""
    if stage not in REPAIR_STAGES or ticket.priority == Priority.P0:
        return False
    return storm.station_code in {None, ticket.station_code}


def stands_since(
    ticket: Ticket, stage: Stage, going_on: Sequence[ForceMajeure], otherwise: datetime
) -> datetime:
    """Since when a stage's clock stands still; what fell due before that stays due."""
    moments = [storm.starts_at for storm in going_on if is_hit(ticket, stage, storm)]
    if is_paused(ticket):
        moments.append(datetime.fromisoformat(ticket.pauses[-1]["from"]))
    return min(moments, default=otherwise)
