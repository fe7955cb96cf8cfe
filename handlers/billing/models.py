"""Bills as the marketing system counted them; money and energy as exact decimals in text."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey


class Bill(Base):
    """One month of one account; `period` is YYYY-MM, kWh and yuan are decimal texts."""

    __tablename__ = "bills"
    __table_args__ = (sa.Index("ix_bills_due", "due_on"),)

    customer_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("customers.id"), primary_key=True
    )
    period: Mapped[str] = mapped_column(primary_key=True)
    kwh: Mapped[str]
    peak_kwh: Mapped[str | None]
    valley_kwh: Mapped[str | None]
    amount: Mapped[str]
    tier_reached: Mapped[int | None]
    due_on: Mapped[str]
    paid_on: Mapped[str | None]
