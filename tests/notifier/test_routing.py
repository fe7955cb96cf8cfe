from datetime import datetime

import pytest

from config.clock import CHINA
from notifier.routing import due_time


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-25T21:59", "2026-11-25T21:59"),
        ("2026-11-25T22:00", "2026-11-26T07:00"),
        ("2026-11-26T03:00", "2026-11-26T07:00"),
        ("2026-11-26T07:00", "2026-11-26T07:00"),
    ],
)
def test_what_can_wait_leaves_when_the_quiet_hours_end(now, due):
    assert due_time(at(now), "22:00", "07:00", urgent=False) == at(due)


def test_quiet_hours_within_a_day_end_on_that_day():
    assert due_time(at("2026-11-25T13:00"), "12:00", "14:00", urgent=False) == at(
        "2026-11-25T14:00"
    )


def test_what_is_urgent_never_waits():
    now = at("2026-11-25T23:30")
    assert due_time(now, "22:00", "07:00", urgent=True) == now


def test_a_group_without_quiet_hours_never_waits():
    now = at("2026-11-25T23:30")
    assert due_time(now, "", "", urgent=False) == now
