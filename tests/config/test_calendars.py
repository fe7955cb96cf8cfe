"""The working calendar: make-up days, own tables for later years, overrides, alarms."""

from datetime import date, datetime, timedelta

import pytest

from config.calendars import Override, WorkCalendar
from config.clock import CHINA
from config.toml import TableError, read

CALENDAR = read("calendar.toml", None, WorkCalendar)


@pytest.mark.parametrize(
    ("day", "works", "name"),
    [
        (date(2026, 10, 1), False, "国庆节"),
        (date(2026, 10, 7), False, "国庆节"),
        (date(2026, 10, 8), True, "周四"),
        (date(2026, 10, 10), True, "调休上班"),
        (date(2026, 11, 28), False, "周六"),
        (date(2026, 2, 14), True, "调休上班"),
        (date(2027, 1, 1), False, "元旦"),
        (date(2027, 2, 8), False, "春节"),
        (date(2027, 2, 9), True, "周二"),
        (date(2027, 6, 12), False, "周六"),
    ],
)
def test_a_day_works_or_not_and_says_why(day, works, name):
    assert (CALENDAR.is_working_day(day), CALENDAR.day_name(day)) == (works, name)


def test_our_own_override_beats_the_library():
    calendar = WorkCalendar(
        CALENDAR.calendars, overrides=(Override(date(2026, 11, 28), works=True, name="防汛补班"),)
    )
    assert calendar.is_working_day(date(2026, 11, 28))
    assert calendar.day_name(date(2026, 11, 28)) == "防汛补班"


def test_a_year_that_is_not_announced_yet_raises_the_alarm_in_november_only():
    assert CALENDAR.covers(2026)
    assert not CALENDAR.covers(2027)
    assert not CALENDAR.covers(2031)
    assert CALENDAR.gap(date(2026, 10, 31)) is None
    assert CALENDAR.gap(date(2026, 11, 26)) == 2027
    assert CALENDAR.gap(date(2027, 1, 2)) == 2027


def test_a_year_nobody_knows_still_has_weekends():
    assert not CALENDAR.is_working_day(date(2031, 3, 1))
    assert CALENDAR.is_working_day(date(2031, 3, 3))


def test_the_next_working_day_jumps_the_holiday():
    assert CALENDAR.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)


def test_open_times_leave_out_lunch():
    morning = datetime(2026, 11, 25, 11, 0, tzinfo=CHINA)
    times = CALENDAR.open_times("office", morning)
    first, second = next(times), next(times)
    assert first == (morning, morning + timedelta(hours=1))
    assert second[0] == datetime(2026, 11, 25, 14, 0, tzinfo=CHINA)
    assert not CALENDAR.is_open("office", datetime(2026, 11, 25, 12, 30, tzinfo=CHINA))
    assert CALENDAR.is_open("always", datetime(2026, 11, 25, 23, 59, 59, tzinfo=CHINA))


@pytest.mark.parametrize(
    ("hours", "complaint"),
    [
        ('["8-12"]', "08:30-12:00"),
        ('["12:00-08:00"]', "ends later than it starts"),
        ('["08:00-12:00", "11:00-17:00"]', "do not overlap"),
        ('["08:00-24:30"]', "24:00"),
        ("[]", "at least one"),
    ],
)
def test_wrong_hours_are_refused_with_the_file_and_the_reason(tmp_path, hours, complaint):
    table = f'[calendars.office]\nhours = {hours}\ndays = "working"\n'
    (tmp_path / "calendar.toml").write_text(table, encoding="utf-8")
    with pytest.raises(TableError, match=complaint) as caught:
        read("calendar.toml", tmp_path, WorkCalendar)
    assert str(caught.value).startswith("calendar.toml: calendars.office.hours")
