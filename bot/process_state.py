"""Small facts that processes share, such as leases of timers and heartbeats."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Moment


class ProcessState(Base):
    """Small facts processes share: leases of timers, the relay's heartbeat, degraded modes."""

    __tablename__ = "process_states"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    at: Mapped[datetime] = mapped_column(Moment)
