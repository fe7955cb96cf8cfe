"""What a person may ask for: a copy of everything, and to be forgotten."""

import json

import pytest
import sqlalchemy as sa

from config.database import Database
from handlers.customers.models import Binding, Customer, Resident
from handlers.errors import NotFoundError
from handlers.privacy import erasure, export, subject
from handlers.tickets import service
from handlers.tickets.models import Media, ShortLink, State, Ticket, TicketEvent
from notifier.models import OutboxMessage, OutboxState
from tests.handlers.privacy.conftest import ACCOUNT, NAME, OPENID, PHONE, ticket


def everything_stored(database: Database) -> str:
    """Every value of every table as the application reads it."""
    words = []
    with database.reading() as session:
        for table in (Resident, Binding, Ticket, TicketEvent, OutboxMessage, ShortLink, Media):
            for row in session.scalars(sa.select(table)):
                words += [str(getattr(row, c.key)) for c in sa.inspect(table).columns]
    return "\n".join(words)


@pytest.mark.parametrize("who", [OPENID, ACCOUNT])
def test_a_copy_holds_tickets_with_their_history(desk, who):
    made = ticket(desk)
    copy = export.export(desk, subject.find(desk, who))
    json.dumps(copy)
    (row,) = copy["tickets"]
    assert (row["number"], row["name"], row["phone"]) == (made.number, NAME, PHONE)
    assert row["timeline"][0]["action"] == "open"
    assert copy["bindings"][0]["account_number"] == ACCOUNT


def test_a_copy_tells_what_was_sent_and_no_inner_mark(desk):
    ticket(desk)
    copy = export.export(desk, subject.find(desk, OPENID))
    assert any(NAME in str(row["payload"]) for row in copy["messages_sent"])
    text = json.dumps(copy)
    assert "_index" not in text
    assert "subject_key" not in text


def test_an_accounts_copy_leaves_others_of_the_family_out_unless_they_asked(desk):
    assert export.export(desk, subject.find(desk, ACCOUNT))["residents"] == []
    both = subject.find(desk, ACCOUNT, with_residents=True)
    assert export.export(desk, both)["residents"][0]["openid"] == OPENID


def test_nobody_is_said_to_be_nobody(desk):
    with pytest.raises(NotFoundError):
        subject.find(desk, "oNobody")
    with pytest.raises(NotFoundError):
        subject.find(desk, "3600000000000")


def test_erasure_leaves_what_happened_but_not_to_whom(database, desk):
    made = ticket(desk)
    number = made.number
    done = erasure.erase(desk, subject.find(desk, OPENID))
    desk.session.commit()
    assert done.tickets == [number]
    with database.reading() as session:
        kept = session.scalars(sa.select(Ticket)).one()
        assert kept.state == State.CLOSED
        assert "跳闸" in kept.text
        assert kept.phone == "199****2625"
    stored = everything_stored(database)
    for personal in (OPENID, NAME, PHONE, ACCOUNT, "2单元501"):
        assert personal not in stored, personal


def test_erasure_finds_a_person_in_tickets_that_do_not_say_who_wrote(database, desk):
    """A ticket without name and room: what the account knows is hidden in its words too."""
    words = f"我是{NAME}，住2单元501，编号5012"
    made = ticket(desk, text=words, name=None, phone=None, account_number=None, room="")
    service.note(desk, made, by="zhou", text=f"{NAME}不在家，2单元501没人")
    erasure.erase(desk, subject.find(desk, OPENID))
    desk.session.commit()
    stored = everything_stored(database)
    for personal in (NAME, "2单元501"):
        assert personal not in stored, personal
    assert "编号5012" in stored


def test_erasure_removes_what_the_person_sent_and_leaves_the_proof_of_the_staff(desk):
    made = ticket(desk)
    desk.session.add(
        Media(
            ticket_id=made.id,
            purpose="evidence",
            kind="image",
            platform="console",
            media_id="e1",
            path="proof",
            state="kept",
            received_at=desk.now,
        )
    )
    desk.session.flush()
    sent = [one.path for one in desk.session.query(Media) if one.openid == OPENID]
    done = erasure.erase(desk, subject.find(desk, OPENID))
    assert sent
    assert done.files == sent
    assert [one.path for one in desk.session.query(Media)] == ["proof"]


def test_a_ticket_in_work_waits_for_its_end(desk):
    made = ticket(desk, is_over=False)
    done = erasure.erase(desk, subject.find(desk, OPENID))
    assert done.kept == [made.number]
    assert made.phone == PHONE
    again = erasure.erase(desk, subject.find(desk, OPENID))
    assert again.kept == [made.number]


def test_an_account_stays_and_its_bindings_go(desk):
    done = erasure.erase(desk, subject.find(desk, ACCOUNT))
    assert done.account_stays
    assert desk.session.scalars(sa.select(Binding)).all() == []
    assert desk.session.scalars(sa.select(Customer)).one().name == NAME


def test_what_waits_to_be_sent_to_the_erased_is_not_sent(desk):
    ticket(desk)
    erasure.erase(desk, subject.find(desk, OPENID))
    states = set(desk.session.scalars(sa.select(OutboxMessage.state)))
    assert states == {OutboxState.SKIPPED}


def test_who_leaves_is_unbound_and_loses_links_and_loose_pictures(desk):
    made = ticket(desk)
    desk.session.add(
        Media(
            openid=OPENID,
            kind="image",
            platform="official_account",
            media_id="m2",
            path="loose",
            state="kept",
            received_at=desk.now,
        )
    )
    desk.session.flush()
    assert erasure.forget(desk, OPENID) == ["loose"]
    assert desk.session.scalars(sa.select(ShortLink)).all() == []
    assert desk.session.get_one(Resident, OPENID).phone is None
    assert made.phone == PHONE  # the ticket is kept by its own rule
