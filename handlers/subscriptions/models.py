"""Where other systems want to hear of tickets."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment


class Subscription(Base):
    """An address that gets the events of tickets; `sources` [] means those of every channel."""

    __tablename__ = "subscriptions"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    sources: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
