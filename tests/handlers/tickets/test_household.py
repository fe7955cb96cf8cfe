"""One household, one matter, one ticket: wherever it moves, and told by nobody without the key."""

import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from config.ciphers import FieldCipher
from handlers.grid.places import Where
from handlers.tickets import service, splitting
from handlers.tickets.models import Category
from handlers.tickets.opening import Wish, open_ticket
from handlers.tickets.placing import place_ticket
from handlers.tickets.rules import household_text
from tests.support.desks import fill_registry, make_database, make_desk

HOME = {"building": "3", "room": "2单元501"}
ELSEWHERE = Where("C001", "棉纺一厂宿舍", "5", "1-201")


def neighbour_tells(desk, **place):
    """Somebody else of a household reports, on a phone of his own."""
    wish = Wish(Category.OUTAGE, "没电了", openid="oAnother", community_code="C001", **place)
    return open_ticket(desk, wish)[0]


def test_a_second_person_of_the_household_is_given_the_same_ticket(desk, opened):
    assert neighbour_tells(desk, **HOME) is opened("outage", openid="oFirst", **HOME)


def test_after_a_move_the_household_it_is_at_now_finds_it(desk, opened):
    ticket = opened("outage", openid="oFirst", **HOME)
    place_ticket(desk, ticket, ELSEWHERE, by="zhou")
    assert neighbour_tells(desk, building="5", room="1-201") is ticket
    assert neighbour_tells(desk, **HOME) is not ticket


def test_a_ticket_that_first_gets_its_place_later_is_found_there(desk, opened):
    ticket = opened("outage", openid="oFirst", community_code=None, place_text="不知道")
    place_ticket(desk, ticket, ELSEWHERE, by="command")
    assert neighbour_tells(desk, building="5", room="1-201") is ticket


def test_moving_to_a_household_that_has_a_ticket_leaves_both(desk, opened):
    there = opened("outage", openid="oThere", building="5", room="1-201")
    moved = opened("outage", openid="oFirst", **HOME)
    place_ticket(desk, moved, ELSEWHERE, by="zhou")
    desk.session.flush()
    assert neighbour_tells(desk, building="5", room="1-201") is there


def test_a_place_in_no_registry_is_nobodys_household(desk, opened):
    ticket = opened("outage", openid="oFirst", **HOME)
    place_ticket(desk, ticket, Where(None, "外星人花园", "5", "201"), by="resident")
    assert ticket.subject_key is None


def test_a_ticket_opened_again_is_found_again(desk, opened):
    ticket = opened("outage", openid="oFirst", **HOME)
    service.resolve(desk, ticket, by="zhou", text="好了")
    service.reopen(desk, ticket, by="resident")
    assert neighbour_tells(desk, **HOME) is ticket


def test_a_ticket_taken_out_of_another_is_found_again(desk, opened):
    ticket, other = opened("outage", openid="oFirst", **HOME), opened("outage", building="5")
    service.merge(desk, ticket, into=other.number, by="zhou")
    splitting.unmerge(desk, ticket, by="zhou")
    assert neighbour_tells(desk, **HOME) is ticket


def test_what_keeps_apart_stays_apart_after_a_move(desk, opened):
    ticket = opened("outage", openid="oFirst", keeps_apart=True, **HOME)
    place_ticket(desk, ticket, ELSEWHERE, by="zhou")
    assert neighbour_tells(desk, building="5", room="1-201") is not ticket


def test_a_dash_in_a_room_makes_another_room(desk, opened):
    opened("outage", openid="oFirst", building="3", room="1-101")
    one = neighbour_tells(desk, building="3", room="11-01")
    assert one.openid == "oAnother"


def test_who_has_the_database_alone_cannot_try_rooms(desk, opened):
    text = household_text("C001", "3", "2单元501", "outage")
    tried = {text, text[:40], sha256(text.encode()).hexdigest()[:40]}
    tried.add(FieldCipher(("another-key-00000",)).index(text, "household"))
    assert opened("outage", **HOME).subject_key not in tried


@pytest.mark.parametrize("secrets", [("new-key-000000000", "test-key-000000000")])
def test_after_a_new_key_in_front_the_household_is_still_found(desk, opened, secrets):
    ticket = opened("outage", openid="oFirst", **HOME)
    desk.session.get_bind().dialect.field_cipher = FieldCipher(secrets)
    assert neighbour_tells(desk, **HOME) is ticket


@pytest.mark.postgres
def test_two_of_a_household_at_once_get_one_ticket(tmp_path, postgres_url):
    database = make_database(tmp_path, url=postgres_url)
    with database.scope() as session:
        fill_registry(session)
    start = threading.Barrier(2)

    def tell(openid):
        with database.scope() as session:
            start.wait(timeout=60)
            wish = Wish(Category.OUTAGE, "没电了", openid=openid, community_code="C001", **HOME)
            return open_ticket(make_desk(session), wish)[0].number

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(tell, ["oFirst", "oAnother"])
    database.close()
    assert first == second
