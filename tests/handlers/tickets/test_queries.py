"""Words are found on both databases; the indexes know the same states as the rules."""

import re

import pytest
import sqlalchemy as sa

from handlers.tickets import rules
from handlers.tickets.indexes import UNFINISHED, pairs
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket
from handlers.tickets.queries import is_active, says
from tests.support.desks import fill_registry, make_desk


@pytest.fixture
def three(database):
    """An outage with a % in its words, a bill, and something from a place of no registry."""
    with database.scope() as session:
        fill_registry(session)
        desk = make_desk(session)
        for category, text, place in (
            (Category.OUTAGE, "三楼没电了 100%黑", "棉纺一厂宿舍"),
            (Category.BILLING, "电费多了一百", "棉纺一厂宿舍"),
            (Category.CONSULT, "问问𠮷野家的电", "老棉纺家属院"),
        ):
            wish = Wish(
                category=category, text=text, openid=None, place_text=place, keeps_apart=True
            )
            open_ticket(desk, wish)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("没电", {"outage"}),
        ("电", {"outage", "billing", "consult"}),
        ("棉纺 电费", {"billing"}),
        ("电费 没电", set()),
        ("0%黑", {"outage"}),
        ("_", set()),
        ("𠮷野", {"consult"}),
        ("家属院", {"consult"}),
        ("没人说过", set()),
        ("   ", set()),
    ],
)
def test_words_are_found_in_the_text_and_the_place(database, three, words, found):
    with database.reading() as session:
        kinds = session.scalars(sa.select(Ticket.category).where(says(session, words)))
        assert set(kinds) == found


def test_pairs_of_characters():
    assert pairs("没电了") == ["没电", "电了"]
    assert pairs("电") == []


def test_the_partial_indexes_know_which_states_are_not_over():
    assert set(re.findall(r"'(\w+)'", str(UNFINISHED))) == {state.value for state in rules.ACTIVE}


def test_the_condition_of_what_is_open_stands_in_the_statement(database):
    query = sa.select(Ticket.id).where(is_active())
    with database.reading() as session:
        compiled = query.compile(session.get_bind(), compile_kwargs={"render_postcompile": True})
    assert "'reopened'" in str(compiled)
