"""Small facts that processes share, such as leases of timers and heartbeats."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.database import Base, Moment


class ProcessState(Base):
    """Small facts processes share: leases of timers, the relay's heartbeat, degraded modes."""

    __tablename__ = "process_states"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    at: Mapped[datetime] = mapped_column(Moment)


def put(session: Session, name: str, value: dict[str, Any], now: datetime) -> None:
    """Say how something is now."""
    statement = _insert(session).values(name=name, value=value, at=now)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value, "at": now}
        )
    )


def take_turn(session: Session, name: str, now: datetime, every: timedelta) -> bool:
    """Whether it is this process's turn to do what is done every so often by one of all.

    `at` is when the next turn begins; a turn may come a tenth of the time early.
    """
    statement = _insert(session).values(name=name, value={}, at=now + every)
    taken = session.scalar(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"at": now + every},
            where=ProcessState.at <= now + every / 10,
        ).returning(ProcessState.name)
    )
    return taken is not None


def _insert(session: Session) -> sqlite.Insert | postgresql.Insert:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(ProcessState) if is_sqlite else postgresql.insert(ProcessState)
