"""A small storm over the real processes, and the arithmetic of a large one."""

from collections import Counter

import pytest

from bot.storm import bounds, report
from bot.storm.city import City, chat, name, openid
from bot.storm.report import Published
from bot.storm.run import Plan, run
from tests.support.processes import hurried_tables


@pytest.mark.slow
def test_a_storm_loses_nothing_sends_nothing_twice_and_breaks_no_limit(tmp_path):
    """Though a worker is killed, Redis emptied, and people in danger write in the midst of it."""
    plan = Plan(City(groups=12, residents=48), faults=3, patience=300)
    found = run(plan, config_dir=hurried_tables(tmp_path))
    assert found.expected == 48 + 10 + 4 * 2
    assert (found.lost, found.twice, found.over_limits) == (0, 0, 0)
    assert 0 < found.longest_danger < plan.patience


def test_the_bound_is_what_the_limit_leaves_possible():
    assert bounds.earliest_end([], 20, 60) == 0
    assert bounds.earliest_end([3.0], 20, 60) == 3
    assert bounds.earliest_end([0.0] * 20, 20, 60) == 0
    assert bounds.earliest_end([0.0] * 21, 20, 60) == 60
    assert bounds.earliest_end([0.0] * 45, 20, 60) == 120
    assert bounds.earliest_end([float(n) for n in range(0, 400, 10)], 20, 60) == 390


def test_every_group_and_resident_of_the_city_has_a_place():
    city = City(groups=500, residents=20_000)
    homes = [home for place in range(city.places) for home in city.homes(place)]
    assert homes == list(range(20_000))
    assert city.places + city.liaisons + 1 == 500


def _tally(*rows, **more):
    return {"shown": list(rows), "refused": {}, "dropped": {}, **more}


def _judge(tally):
    city = City(groups=2, residents=2)
    outage = Published("TD1", (0,), 100.0, 101.0)
    return report.judge(city, [outage], tally, started_at=100.0, longest_danger=0.0)


ALL = (
    ["group:station", "webhook", 102.0, "停电 TD1"],
    [f"group:{chat(0)}", "groupmsg", 103.0, "停电 TD1"],
    [f"resident:{openid(0)}", "template", 104.0, f"地点：{name(0)}"],
    [f"resident:{openid(1)}", "template", 105.0, f"地点：{name(0)}"],
)


def test_what_is_missing_doubled_or_refused_is_counted():
    clean = _judge(_tally(*ALL))
    assert clean.is_clean
    assert (clean.expected, clean.seconds, clean.bound) == (4, 5.0, 1.0)
    assert _judge(_tally(*ALL[1:])).lost == 1
    assert _judge(_tally(*ALL, ALL[2])).twice == 1
    refused = {"cgi-bin/webhook/send 45009": 2, "cgi-bin/x 40003": 1}
    assert _judge(_tally(*ALL, refused=refused)).over_limits == 2
    assert _judge(_tally(*ALL, dropped={"message/send": 3})).over_limits == 3


def test_a_code_is_not_taken_for_a_longer_one():
    city = City(groups=2, residents=2)
    both = [Published(code, (0,), 100.0, 101.0) for code in ("TD10", "TD100")]
    posts = [["group:station", "webhook", 102.0, f"停电 {one.code}"] for one in both]
    found = report.judge(city, both, _tally(*posts), started_at=100.0, longest_danger=0.0)
    assert (found.twice, found.lost) == (0, found.expected - 2)


def test_a_notice_to_the_wrong_people_is_neither_lost_nor_clean():
    stray = [f"resident:{openid(0)}", "template", 104.0, f"地点：{name(7)}"]
    found = _judge(_tally(*ALL[:2], stray, ALL[3]))
    assert Counter({"lost": found.lost, "twice": found.twice}) == {"lost": 1, "twice": 1}
