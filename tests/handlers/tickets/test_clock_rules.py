"""The deadline engine: exact examples, and laws that hold for any start, span and pause."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.calendars import Override, WorkCalendar
from config.clock import CHINA
from config.sla import Span, parse_span
from config.toml import read
from handlers.tickets.clock_rules import (
    Pause,
    clock_start,
    due_at,
    elapsed,
    length_of,
    merged,
    percent,
)

CALENDAR = read("calendar.toml", None, WorkCalendar)
CASES = 1600  # a property; the seven of them together run more than 10,000

FIRST = datetime(2024, 1, 1, tzinfo=CHINA)
moments = st.timedeltas(timedelta(), timedelta(days=4 * 365)).map(lambda past: FIRST + past)
lengths = st.timedeltas(timedelta(), timedelta(days=9))
day_spans = st.integers(1, 12).map(lambda days: Span(days, "wd", "office"))
time_spans = st.one_of(
    st.integers(1, 3000).map(lambda minutes: Span(minutes, "min")),
    st.integers(1, 72).map(lambda hours: Span(hours, "h")),
    st.integers(1, 60).map(lambda hours: Span(hours, "wh", "office")),
    st.integers(1, 60).map(lambda hours: Span(hours, "wh", "hall")),
)
spans = st.one_of(day_spans, time_spans)


@st.composite
def starts_with_pauses(draw):
    """An instant and up to three pauses that may touch or overlap, most of them after it."""
    start = draw(moments)
    offsets = st.timedeltas(timedelta(days=-2), timedelta(days=20))
    found = [
        Pause(begin := start + draw(offsets), begin + draw(lengths))
        for _ in range(draw(st.integers(0, 3)))
    ]
    return start, tuple(found)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("since", "span", "due"),
    [
        ("2026-11-25T10:00", "45min", "2026-11-25T10:45"),
        ("2026-11-25T23:30", "45min", "2026-11-26T00:15"),
        ("2026-12-31T23:59", "24h", "2027-01-01T23:59"),
        ("2026-11-25T10:00", "5wd", "2026-12-02T17:30"),
        ("2026-11-27T17:50", "1wd", "2026-11-30T17:30"),
        ("2026-11-28T10:00", "1wd", "2026-11-30T17:30"),
        # Friday before Mid-autumn 2026: the holiday runs to Sunday.
        ("2026-09-24T17:50", "1wd", "2026-09-28T17:30"),
        # Over National Day; Saturday 10 October is a make-up day.
        ("2026-09-30T17:50", "1wd", "2026-10-08T17:30"),
        ("2026-09-30T17:50", "3wd", "2026-10-10T17:30"),
        ("2026-09-30T17:50", "4wd", "2026-10-12T17:30"),
        # Sunday 20 September 2026 is a make-up day.
        ("2026-09-18T17:50", "1wd", "2026-09-20T17:30"),
        # Over Spring Festival 2026 (15 to 23 February, make-up on the 14th and 28th).
        ("2026-02-13T09:00", "2wd", "2026-02-24T17:30"),
        ("2026-12-31T09:00", "1wd", "2027-01-04T17:30"),
        # Working hours skip lunch, the night and the weekend.
        ("2026-11-25T11:30", "1wh", "2026-11-25T14:30"),
        ("2026-11-27T17:00", "1wh", "2026-11-30T09:00"),
        ("2026-11-25T06:00", "7wh", "2026-11-25T17:30"),
        ("2026-11-28T17:00", "1wh@hall", "2026-11-29T09:00"),
    ],
)
def test_a_span_ends_at_the_exact_minute(since, span, due):
    assert due_at(at(since), parse_span(span), CALENDAR).due == at(due)


def test_a_pause_over_lunch_moves_nothing():
    pause = Pause(at("2026-11-25T12:00"), at("2026-11-25T14:00"), "等住户")
    trace = due_at(at("2026-11-25T11:30"), parse_span("1wh"), CALENDAR, (pause,))
    assert trace.due == at("2026-11-25T14:30")


def test_a_pause_of_a_whole_working_day_moves_the_answer_by_one():
    pause = Pause(at("2026-11-26T00:00"), at("2026-11-27T00:00"), "等住户")
    trace = due_at(at("2026-11-25T10:00"), parse_span("5wd"), CALENDAR, (pause,))
    assert trace.due == at("2026-12-03T17:30")


def test_a_repair_over_midnight_is_told_as_one_interval():
    trace = due_at(at("2026-11-25T22:00"), parse_span("4h"), CALENDAR)
    assert [(one.start, one.end) for one in trace.counted] == [
        (at("2026-11-25T22:00"), at("2026-11-26T02:00"))
    ]


@settings(max_examples=CASES, deadline=None)
@given(starts_with_pauses(), lengths, spans)
def test_who_asks_later_is_never_due_earlier(case, later, span):
    start, pauses = case
    first = due_at(start, span, CALENDAR, pauses).due
    assert first <= due_at(start + later, span, CALENDAR, pauses).due


@settings(max_examples=CASES, deadline=None)
@given(starts_with_pauses(), time_spans, st.integers(1, 400))
def test_two_spans_one_after_the_other_are_their_sum(case, span, more):
    start, pauses = case
    middle = due_at(start, span, CALENDAR, pauses).due
    further = replace(span, amount=more)
    whole = replace(span, amount=span.amount + more)
    assert (
        due_at(middle, further, CALENDAR, pauses).due == due_at(start, whole, CALENDAR, pauses).due
    )


@settings(max_examples=CASES, deadline=None)
@given(moments, day_spans, st.integers(1, 12))
def test_working_days_add_up(start, span, more):
    middle = due_at(start, span, CALENDAR).due
    whole = Span(span.amount + more, "wd", "office")
    assert (
        due_at(middle, Span(more, "wd", "office"), CALENDAR).due
        == due_at(start, whole, CALENDAR).due
    )


@settings(max_examples=CASES, deadline=None)
@given(starts_with_pauses(), spans)
def test_what_is_counted_is_the_span_and_lies_in_no_pause(case, span):
    start, pauses = case
    trace = due_at(start, span, CALENDAR, pauses)
    assert trace.total == length_of(span, CALENDAR)
    assert elapsed(start, trace.due, span, CALENDAR, pauses) == trace.total
    assert percent(start, trace.due, span, CALENDAR, pauses) == 100
    assert trace.counted[0].start >= clock_start(start, span)
    assert trace.counted[-1].end == trace.due
    for one in trace.counted:
        assert not any(one.start < still.end and still.start < one.end for still in merged(pauses))
    for one, two in zip(trace.counted, trace.counted[1:], strict=False):
        assert one.end <= two.start


@settings(max_examples=CASES, deadline=None)
@given(starts_with_pauses(), lengths, lengths, spans)
def test_a_pause_before_the_start_or_after_the_end_changes_nothing(case, gap, length, span):
    start, pauses = case
    due = due_at(start, span, CALENDAR, pauses).due
    before = Pause(start - gap - length, start - gap)
    after = Pause(due + gap, due + gap + length)
    assert due_at(start, span, CALENDAR, (after, *pauses, before)).due == due


@settings(max_examples=CASES, deadline=None)
@given(moments, st.integers(1, 3000), st.floats(0, 0.999), lengths)
def test_a_pause_moves_a_round_the_clock_deadline_by_its_length(start, minutes, part, length):
    span = Span(minutes, "min")
    begin = start + timedelta(minutes=minutes) * part
    pause = Pause(begin, begin + length)
    assert due_at(start, span, CALENDAR, (pause,)).due == start + length + timedelta(
        minutes=minutes
    )


@settings(max_examples=CASES, deadline=None)
@given(moments, spans, st.integers(0, 30))
def test_a_new_holiday_never_makes_a_deadline_earlier(start, span, offset):
    day = start.date() + timedelta(days=offset)
    closed = replace(CALENDAR, overrides=(Override(day, works=False, name="停工"),))
    opened = replace(CALENDAR, overrides=(Override(day, works=True, name="补班"),))
    usual = due_at(start, span, CALENDAR).due
    assert due_at(start, span, opened).due <= usual <= due_at(start, span, closed).due
    if day > usual.date():
        assert due_at(start, span, closed).due == usual


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(1, 16))
def test_the_engine_agrees_with_a_count_minute_by_minute(start, hours):
    start = start.replace(second=0, microsecond=0)
    left, now = hours * 60, start
    while left:
        now += timedelta(minutes=1)
        left -= _is_office_minute(now - timedelta(minutes=1))
    assert due_at(start, Span(hours, "wh", "office"), CALENDAR).due == now


def test_every_midnight_of_four_years_is_safe():
    day = date(2024, 1, 1)
    while day < date(2028, 1, 1):
        midnight = datetime.combine(day, time(), CHINA)
        assert due_at(midnight, Span(24, "h"), CALENDAR).due == midnight + timedelta(days=1)
        assert due_at(midnight, Span(1, "min"), CALENDAR).due == midnight + timedelta(minutes=1)
        day += timedelta(days=1)


def _is_office_minute(moment):
    clock = moment.time()
    morning = time(8, 30) <= clock < time(12)
    afternoon = time(14) <= clock < time(17, 30)
    return CALENDAR.is_working_day(moment.date()) and (morning or afternoon)
