"""Nothing of a person is kept longer than the table says."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from config import retention as rules
from config.toml import TableError, read
from handlers.customers.models import ProofAttempt
from handlers.privacy import retention
from handlers.tickets.models import Handover, Media, ShortLink, Ticket
from notifier.models import OutboxMessage, OutboxState
from tests.handlers.privacy.conftest import LONG_AGO, OPENID, PHONE, ticket
from tests.support.desks import NOW


def test_young_data_is_left_alone(desk):
    made = ticket(desk)
    assert retention.sweep(desk) == (0, [])
    assert made.phone == PHONE


def test_a_ticket_closed_years_ago_names_nobody_and_stays(desk):
    made = ticket(desk, at=LONG_AGO)
    number = made.number
    desk.session.execute(sa.update(OutboxMessage).values(due_at=None, state=OutboxState.SENT))
    count, files = retention.sweep(desk)
    assert count
    assert files == [f"file{made.id}"]
    desk.session.expire_all()
    kept = desk.session.scalars(sa.select(Ticket)).one()
    assert (kept.number, kept.openid, kept.phone) == (number, None, "199****2625")
    assert desk.session.scalars(sa.select(Media)).all() == []
    assert desk.session.scalars(sa.select(ShortLink)).all() == []
    assert desk.session.scalars(sa.select(OutboxMessage)).all() == []


def test_what_a_shift_wrote_to_the_next_is_kept_thirty_days(desk):
    for days in (29, 31):
        at = NOW - timedelta(days=days)
        desk.session.add(Handover(from_userid="zhou", text=f"{days}天前", written_at=at))
    desk.session.flush()
    assert retention.sweep(desk)[0] == 1
    assert [one.text for one in desk.session.scalars(sa.select(Handover))] == ["29天前"]


def test_a_ticket_still_in_work_keeps_its_resident_however_old(desk):
    made = ticket(desk, at=LONG_AGO, is_over=False)
    retention.sweep(desk)
    assert made.phone == PHONE


def test_the_words_of_a_message_go_before_its_proof(desk):
    ticket(desk, at=NOW - timedelta(days=60))
    desk.session.execute(sa.update(OutboxMessage).values(due_at=None, state=OutboxState.SENT))
    retention.sweep(desk)
    rows = desk.session.scalars(sa.select(OutboxMessage)).all()
    assert [row.payload for row in rows] == [{}] * len(rows)
    assert {row.state for row in rows} == {OutboxState.SENT}
    assert retention.sweep(desk) == (0, [])


def test_a_message_that_waits_is_not_emptied(desk):
    ticket(desk, at=NOW - timedelta(days=60))
    desk.session.execute(sa.update(OutboxMessage).values(due_at=NOW + timedelta(hours=1)))
    retention.sweep(desk)
    assert all(row.payload for row in desk.session.scalars(sa.select(OutboxMessage)))


def test_failed_proofs_are_forgotten(desk):
    desk.session.add_all(
        ProofAttempt(openid=OPENID, at=NOW - timedelta(days=days)) for days in (0, 1, 3, 9)
    )
    desk.session.flush()
    assert retention.sweep(desk)[0] == 2


def test_no_time_of_keeping_is_below_a_day(tmp_path):
    built_in = read("retention.toml", None, rules.Retention)
    text = "\n".join(f"{name} = {getattr(built_in, name)}" for name in built_in.__slots__)
    (tmp_path / "retention.toml").write_text(text.replace("inbox = 7", "inbox = 0"))
    with pytest.raises(TableError, match="inbox"):
        read("retention.toml", tmp_path, rules.Retention)
