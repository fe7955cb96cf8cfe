"""Three web and three worker processes on PostgreSQL and Redis, killed under load."""

from pathlib import Path

import pytest

from bench.deliveries import Plan, attack
from bench.fleet import BLOWS
from tests.support import postgres

SLICE = Plan(count=1000, clients=6, reports=20, people=60, a_blow=200)


@pytest.mark.slow
@pytest.mark.postgres
def test_every_message_counts_once_whichever_process_dies(
    postgres_process: str, city_in_postgres: str, tmp_path: Path
) -> None:
    with postgres.fresh_database(postgres_process, template=city_in_postgres) as address:
        outcome = attack(SLICE, tmp_path, address)
    assert outcome.faults == [], outcome.text
    assert outcome.deliveries > SLICE.count
    assert outcome.tickets == SLICE.count // SLICE.reports
    assert set(outcome.blows) == set(BLOWS)
