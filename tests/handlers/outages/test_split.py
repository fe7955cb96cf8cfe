"""Households are split without losing one."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.outages.rules import repeats, split
from tests.support.desks import NOW

WEIGHTS = st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 500), min_size=1)


@given(total=st.integers(0, 20_000), weights=WEIGHTS)
def test_the_shares_add_up_to_the_whole(total, weights):
    shares = split(total, weights)
    assert sum(shares.values()) == total
    assert shares.keys() == weights.keys()


@given(total=st.integers(0, 20_000), weights=WEIGHTS)
def test_no_share_is_more_than_one_off_its_proportion(total, weights):
    whole = sum(weights.values())
    for key, share in split(total, weights).items():
        exact = total * weights[key] / whole if whole else total / len(weights)
        assert abs(share - exact) < 1


def test_where_nobody_is_known_the_parts_are_equal():
    assert split(7, {"a": 0, "b": 0, "c": 0}) == {"a": 3, "b": 2, "c": 2}


def test_a_part_without_rows_beside_one_with_rows_gets_none():
    assert split(100, {"a": 3, "b": 0, "c": 1}) == {"a": 75, "b": 0, "c": 25}


@given(days=st.lists(st.integers(-90, 90), max_size=12))
def test_a_span_never_holds_more_outages_than_lie_in_it(days):
    others = [NOW + timedelta(days=d) for d in days]
    number = repeats(NOW, others, 60)
    assert 1 <= number <= 1 + sum(abs(d) <= 60 for d in days)


def test_outages_before_and_after_count_only_within_one_span():
    before, after = NOW - timedelta(days=40), NOW + timedelta(days=40)
    assert repeats(NOW, [before, after], 60) == 2
    assert repeats(NOW, [before, NOW - timedelta(days=10)], 60) == 3
