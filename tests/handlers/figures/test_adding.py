"""The aggregates say the same as a slow recomputation, whatever happened and however often seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.clock import china
from config.database import Database
from handlers.desk import Desk
from handlers.figures import adding, live, outage_promises, totals
from handlers.figures.models import (
    AreaCell,
    DayCell,
    FigureCell,
    OutageFact,
    TicketFact,
    WordCell,
)
from handlers.figures.totals import Span
from handlers.outages.models import Outage
from handlers.surveys.rules import Mark
from handlers.tickets.models import Ticket
from tests.handlers.figures.histories import (
    OUTAGE_VERBS,
    STEPS,
    Town,
    promised_of_outages,
    slowly,
)
from tests.support.desks import fill_registry, make_database, make_desk

EVER = Span(date(2026, 1, 1), date(2027, 12, 31))
BY: dict[str, Callable[[Ticket], Any]] = {
    "station": lambda ticket: ticket.station_code or "",
    "category": lambda ticket: ticket.category,
    "person": lambda ticket: ticket.assignee_userid or "",
    "grid": lambda ticket: ticket.grid_code or "",
    "day": lambda ticket: china(ticket.created_at).date(),
}
OUTAGES: dict[str, Callable[[Outage], Any]] = {
    "station": lambda _: "CD",
    "day": lambda outage: china(outage.starts_at).date(),
}

happenings = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 7, 20, 60, 300, 1500])),
    st.tuples(st.just("open"), st.integers(0, 3), st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("act"), st.sampled_from(sorted(STEPS)), st.integers(0, 6)),
    st.tuples(
        st.just("answer"),
        st.integers(0, 6),
        st.builds(
            Mark,
            st.sampled_from([None, 1, 2, 3, 4, 5]),
            st.sampled_from([None, True, False]),
            st.sampled_from([None, True, False]),
            st.sampled_from([None, 1, 3, 5]),
        ),
    ),
    st.tuples(st.just("outage"), st.sampled_from(OUTAGE_VERBS), st.integers(0, 3)),
    st.tuples(st.just("count")),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with the registry, whose tests keep nothing."""
    database = make_database(tmp_path_factory.mktemp("figures"))
    with database.scope() as session:
        fill_registry(session)
    yield database
    database.close()


@contextmanager
def town(database: Database) -> Iterator[Town]:
    with database.reading() as session:
        yield Town(make_desk(session))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(happenings, min_size=5, max_size=40))
def test_the_figures_equal_a_slow_recomputation(
    filled: Database, history: list[tuple[Any, ...]]
) -> None:
    with town(filled) as here:
        for happening in history:
            _happen(here, happening)
        _count(here.desk)
        for by, key in BY.items():
            expected = slowly(here.desk.session, here.desk.now, key)
            if by in OUTAGES:
                _merge(
                    expected,
                    promised_of_outages(here.desk.session, here.desk.now, OUTAGES[by]),
                )
            assert _fast(here.desk, by) == _nonzero(expected)
        station = totals.daily_of(here.desk.session, "station", "CD", EVER, here.desk.now)
        whole = totals.grouped(here.desk.session, "station", EVER, here.desk.now)
        assert totals.together(station.values()) == whole.get("CD", totals.Totals())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(happenings, min_size=5, max_size=30))
def test_counting_from_the_beginning_gives_the_same_cells(
    filled: Database, history: list[tuple[Any, ...]]
) -> None:
    with town(filled) as here:
        for happening in history:
            _happen(here, happening)
        _count(here.desk)
        before = _cells(here.desk)
        adding.rebuild(here.desk)
        assert _cells(here.desk) == before


LEADS = {  # a figure's list → how many tickets the sums say it has
    "not_soon": ("arrived", "arrived_soon"),
    "no_contact": ("contact_due", "contact_in_time"),
    "arrival_missed": ("arrival_due", "arrival_in_time"),
    "finish_missed": ("finish_due", "finish_in_time"),
    "unsolved": ("told_solved", "solved"),
    "not_in_time": ("told_time", "in_time"),
    "not_kind": ("told_manner", "kind"),
    "unsatisfied": ("scored", "satisfied"),
    "no_answer": ("surveyed", "answered"),
    "created": ("created", None),
    "resolved": ("resolved", None),
    "repeated": ("repeated", None),
    "bad_marks": ("bad_marks", None),
}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(happenings, min_size=5, max_size=40))
def test_a_figure_leads_to_as_many_tickets_as_it_counts(
    filled: Database, history: list[tuple[Any, ...]]
) -> None:
    with town(filled) as here:
        for happening in history:
            _happen(here, happening)
        _count(here.desk)
        sums = totals.total(here.desk.session, EVER, here.desk.now)
        for figure, (whole, part) in LEADS.items():
            listed = live.behind(here.desk.session, figure, EVER, here.desk.now)
            assert len(listed) == sums[whole] - (sums[part] if part else 0), figure


def test_an_event_seen_twice_counts_once(database: Database) -> None:
    with database.scope() as session:
        fill_registry(session)
        desk = make_desk(session)
        here = Town(desk)
        here.open(0, 0, 0)
        here.act("accept", 0)
        assert adding.catch_up(desk) == 1
        assert adding.catch_up(desk) == 0
        desk.now += timedelta(minutes=5)
        adding.catch_up(desk)
        here.act("arrive", 0)
        assert adding.catch_up(desk) == 1
        found = totals.total(session, EVER, desk.now)
        assert (found["created"], found["arrived"], found["arrived_soon"]) == (1, 1, 1)


def test_a_late_open_case_has_missed_its_deadline(desk: Desk) -> None:
    here = Town(desk)
    here.open(0, 0, 0)
    _count(desk)
    assert totals.total(desk.session, EVER, desk.now).arrival_rate is None
    here.wait(24 * 60)
    assert totals.total(desk.session, EVER, desk.now).arrival_rate == 0.0


def test_a_ticket_that_moves_takes_its_words_along(desk: Desk) -> None:
    here = Town(desk)
    here.open(1, 2, 0)
    _count(desk)
    words = {row.word for row in desk.session.scalars(sa.select(WordCell)) if row.tickets}
    assert "空调" in words
    here.act("transfer", 0)
    _count(desk)
    desk.session.expire_all()
    places = {row.station_code for row in desk.session.scalars(sa.select(WordCell)) if row.tickets}
    assert places == {"CD"}


@pytest.mark.parametrize("score", [1, 5])
def test_points_follow_the_mark(desk: Desk, score: int) -> None:
    here = Town(desk)
    here.open(2, 0, 0)
    here.act("resolve", 0)
    _count(desk)
    assert _points(desk) == 200
    here.wait(2 * 24 * 60)
    here.answer(0, Mark(score))
    _count(desk)
    assert _points(desk) == {1: 0, 5: 240}[score]


def _points(desk: Desk) -> int:
    return desk.session.scalar(sa.select(sa.func.sum(FigureCell.points))) or 0


def _happen(here: Town, happening: tuple[Any, ...]) -> None:
    match happening:
        case ("wait", minutes):
            here.wait(minutes)
        case ("open", which, place, person):
            here.open(which, place, person)
        case ("act", verb, which):
            here.act(verb, which)
        case ("answer", which, mark):
            here.answer(which, mark)
        case ("outage", verb, which):
            here.outage(verb, which)
        case _:
            adding.catch_up(here.desk)
            outage_promises.catch_up(here.desk)


def _count(desk: Desk) -> None:
    desk.session.flush()
    while adding.catch_up(desk):
        pass
    while outage_promises.catch_up(desk):
        pass


def _merge(sums: dict[Any, dict[str, int]], more: dict[Any, dict[str, int]]) -> None:
    for key, measures in more.items():
        mine = sums.setdefault(key, {})
        for name, value in measures.items():
            mine[name] = mine.get(name, 0) + value


def _fast(desk: Desk, by: str) -> dict[str, dict[str, int]]:
    found = totals.grouped(desk.session, by, EVER, desk.now)
    sums = {key: dict(one.sums) for key, one in found.items()}
    for one in sums.values():
        one.pop("points")
    return _nonzero(sums)


def _nonzero(sums: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    found = {key: {name: n for name, n in one.items() if n} for key, one in sums.items()}
    return {key: one for key, one in found.items() if one}


def _cells(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    desk.session.expire_all()
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in (FigureCell, DayCell, AreaCell, WordCell, TicketFact, OutageFact):
        columns = list(table.__table__.c)
        rows = [tuple(row) for row in desk.session.execute(sa.select(*columns))]
        width = len(sa.inspect(table).primary_key)
        found[table.__tablename__] = sorted(
            (row for row in rows if any(row[width:])), key=lambda row: str(row[:width])
        )
    return found
