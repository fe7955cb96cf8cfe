"""Figures by day, place, category and person, and what of each ticket they hold already."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment

NOBODY = ""  # key columns hold text, so that a cell is found by one equality


class Measures:
    """What is counted of tickets; of one ticket each is 0 or 1 but for sums and repetitions.

    A `…_due` is decided: the step was taken, or the case is over. `told_…` are the answers that
    speak of a question, `in_time` and `kind` those that speak well. `points` are hundredths.
    """

    created: Mapped[int] = mapped_column(default=0)
    dropped: Mapped[int] = mapped_column(default=0)
    resolved: Mapped[int] = mapped_column(default=0)
    contact_due: Mapped[int] = mapped_column(default=0)
    contact_in_time: Mapped[int] = mapped_column(default=0)
    arrival_due: Mapped[int] = mapped_column(default=0)
    arrival_in_time: Mapped[int] = mapped_column(default=0)
    arrived: Mapped[int] = mapped_column(default=0)
    arrived_soon: Mapped[int] = mapped_column(default=0)
    arrival_minutes: Mapped[int] = mapped_column(default=0)
    finish_due: Mapped[int] = mapped_column(default=0)
    finish_in_time: Mapped[int] = mapped_column(default=0)
    handling_minutes: Mapped[int] = mapped_column(default=0)
    reopened: Mapped[int] = mapped_column(default=0)
    urged: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    surveyed: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    scored: Mapped[int] = mapped_column(default=0)
    score_sum: Mapped[int] = mapped_column(default=0)
    satisfied: Mapped[int] = mapped_column(default=0)
    told_solved: Mapped[int] = mapped_column(default=0)
    solved: Mapped[int] = mapped_column(default=0)
    told_time: Mapped[int] = mapped_column(default=0)
    in_time: Mapped[int] = mapped_column(default=0)
    told_manner: Mapped[int] = mapped_column(default=0)
    kind: Mapped[int] = mapped_column(default=0)
    bad_marks: Mapped[int] = mapped_column(default=0)
    promises_due: Mapped[int] = mapped_column(default=0)
    promises_kept: Mapped[int] = mapped_column(default=0)
    points: Mapped[int] = mapped_column(default=0)


MEASURES: tuple[str, ...] = tuple(
    name for name in Measures.__annotations__ if not name.startswith("_")
)


class FigureMark(Base):
    """How far a history has been added up: everything up to this id is in the figures."""

    __tablename__ = "figure_marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_id: Mapped[int] = mapped_column(BigKey, default=0)


class TicketFact(Measures, Base):
    """What one ticket has put into the figures, so that it can be taken out again.

    `event_id` is the last event that was seen. The `…_by` are the deadlines that still run.
    """

    __tablename__ = "figure_tickets"
    __table_args__ = (
        sa.Index("ix_figure_tickets_day", "day", "station_code"),
        sa.Index("ix_figure_tickets_open", "is_open", "station_code"),
        sa.Index("ix_figure_tickets_person", "person", "day"),
        sa.Index("ix_figure_tickets_area", "area_code", "day"),
        sa.Index(
            "ix_figure_tickets_repeated",
            "day",
            postgresql_where=sa.text("repeated = 1"),
            sqlite_where=sa.text("repeated = 1"),
        ),
    )

    ticket_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    number: Mapped[str]
    event_id: Mapped[int] = mapped_column(BigKey)
    day: Mapped[date]
    station_code: Mapped[str]
    grid_code: Mapped[str]
    category: Mapped[str]
    person: Mapped[str]
    area_code: Mapped[str]
    state: Mapped[str]
    is_open: Mapped[bool]
    opened_at: Mapped[datetime] = mapped_column(Moment)
    contact_by: Mapped[datetime | None] = mapped_column(Moment)
    arrival_by: Mapped[datetime | None] = mapped_column(Moment)
    finish_by: Mapped[datetime | None] = mapped_column(Moment)
    promise_by: Mapped[datetime | None] = mapped_column(Moment)


class OutageFact(Base):
    """What was promised to the people of a station about the end of an outage, and whether it held.

    The day is that of the outage's start. `promise_by`: the time that still binds.
    """

    __tablename__ = "figure_outages"
    __table_args__ = (sa.Index("ix_figure_outages_day", "day", "station_code"),)

    outage_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    station_code: Mapped[str] = mapped_column(primary_key=True)
    outage_code: Mapped[str]
    day: Mapped[date]
    promises_due: Mapped[int] = mapped_column(default=0)
    promises_kept: Mapped[int] = mapped_column(default=0)
    promise_by: Mapped[datetime | None] = mapped_column(Moment)


class FigureCell(Measures, Base):
    """The sums of a day, station, grid, category and person; the day is the ticket's opening."""

    __tablename__ = "figure_cells"
    __table_args__ = (
        sa.Index("ix_figure_cells_person", "person", "day"),
        sa.Index("ix_figure_cells_grid", "grid_code", "day"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    station_code: Mapped[str] = mapped_column(primary_key=True)
    grid_code: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)


class DayCell(Measures, Base):
    """The sums of a day, station and category: few rows, however many tickets and people."""

    __tablename__ = "figure_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    station_code: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)


class AreaCell(Base):
    """How many tickets of a category a transformer area had on a day."""

    __tablename__ = "figure_areas"

    day: Mapped[date] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[int] = mapped_column(default=0)


class WordCell(Base):
    """In how many tickets of a day and station a word was said."""

    __tablename__ = "figure_words"

    day: Mapped[date] = mapped_column(primary_key=True)
    station_code: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    tickets: Mapped[int] = mapped_column(default=0)


class TalkCell(Base):
    """How the bot did on a day with messages of an intent."""

    __tablename__ = "figure_talk"

    day: Mapped[date] = mapped_column(primary_key=True)
    intent: Mapped[str] = mapped_column(primary_key=True)
    messages: Mapped[int] = mapped_column(default=0)
    understood: Mapped[int] = mapped_column(default=0)
    handed_over: Mapped[int] = mapped_column(default=0)
    deflected: Mapped[int] = mapped_column(default=0)


class PointsDispute(Base):
    """A member of staff objects to the points of a ticket; decided with a difference or refused."""

    __tablename__ = "points_disputes"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("tickets.id"))
    userid: Mapped[str] = mapped_column(index=True)
    month: Mapped[str]
    text: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    difference: Mapped[int] = mapped_column(default=0)
