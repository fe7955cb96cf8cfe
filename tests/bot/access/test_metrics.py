"""What operators look at is there: every metric that rules, dashboard and manual name."""

import json
import re
from pathlib import Path

import pytest

from tests.bot.access.conftest import on_both

ROOT = Path(__file__).parents[3]
NAME = re.compile(r"gridbot_[a-z_]+")
DOCUMENTS = ("deploy/prometheus/alerts.yml", "deploy/grafana/gridbot.json", "docs/operations.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_metric_that_is_named_is_given(client, document):
    given = set(NAME.findall(client.get("/metrics").text))
    named = set(NAME.findall((ROOT / document).read_text(encoding="utf-8")))
    assert named
    assert named <= given


@on_both
def test_figures_are_of_the_tickets_that_are_there(client, ticket):
    text = client.get("/metrics").text
    assert 'gridbot_tickets{state="assigned"} 1.0' in text
    assert re.search(r'gridbot_quota_left\{quota="template"\} 100000.0', text)
    assert 'gridbot_degraded{part="worker"} 1.0' in text
    assert re.search(r'gridbot_outbox_messages\{state="pending"\} [1-9]', text)


def test_the_dashboard_is_one_that_grafana_reads():
    board = json.loads((ROOT / "deploy/grafana/gridbot.json").read_text())
    assert board["title"] == "gridbot"
    assert all(panel["targets"] for panel in board["panels"])
