"""Notices of a storm to 500 groups and 20,000 residents through the simulator's own limits."""

import os
import sys

from bench.figures import Figure
from bot.storm import run as storm
from bot.storm.city import City
from tests.support import postgres

PLAN = storm.Plan(City(groups=500, residents=20_000), faults=120)


def run() -> list[Figure]:
    """A worker is killed and Redis emptied half-way; `GRIDBOT_STORM=40,800,10` for a smaller one."""
    with postgres.running() as server, postgres.fresh_database(server) as address:
        found = storm.run(plan(), database_url=address, say=_say)
    _say(str(found.as_dict()))
    return [
        Figure("storm, lost and twice", f"{found.lost} and {found.twice}", "", None, "0"),
        Figure("storm, limits broken", str(found.over_limits), "", None, "0"),
        Figure(
            "storm, seconds to the last message",
            f"{found.seconds:.0f} s",
            f"{found.bound:.0f} s by the limits",
            found.ratio,
            "≤ 1.2",
        ),
        Figure("storm, publication to a group", f"{found.first_in_a_group:.1f} s", "", None, ""),
        Figure("storm, danger to the crew", f"{found.longest_danger:.1f} s", "", None, ""),
    ]


def plan() -> storm.Plan:
    wanted = os.environ.get("GRIDBOT_STORM", "")
    if not wanted:
        return PLAN
    groups, residents, faults = map(int, wanted.split(","))
    return storm.Plan(City(groups, residents), faults)


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
