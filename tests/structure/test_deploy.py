"""The files operators start from can be read, and what they name exists."""

import configparser
import json
import re
import shlex
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from bot.app import MAX_BODY
from bot.cli import app as cli
from bot.metrics import PARTS
from config import settings
from notifier.models import OutboxState

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
SETTINGS = {row.name for row in settings.variables()}
COMMANDS = set(get_command(cli).commands)
LABELS = {
    "part": set(PARTS),
    "state": set(OutboxState),
    "quota": {"template"},
    "job": {"gridbot"},
}
WIDTH = 24  # columns of a Grafana dashboard


def read_yaml(path: str) -> Any:
    return YAML(typ="safe").load((ROOT / path).read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    (group,) = read_yaml("deploy/prometheus/alerts.yml")["groups"]
    return list(group["rules"])


def panels() -> list[dict[str, Any]]:
    return list(json.loads((ROOT / "deploy/grafana/gridbot.json").read_text())["panels"])


def expressions() -> list[str]:
    targets = [target["expr"] for panel in panels() for target in panel["targets"]]
    return targets + [rule["expr"] for rule in rules()]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alert_is_explained(rule: dict[str, Any]):
    assert rule["annotations"]["summary"]
    name = rule["alert"].removeprefix("Gridbot")
    assert f"`{name}`" in OPERATIONS, "docs/operations.md does not say what to do"
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))


@pytest.mark.parametrize("expression", expressions())
def test_expressions_are_whole_and_ask_for_labels_that_exist(expression: str):
    for opening, closing in ("()", "[]", "{}"):
        assert expression.count(opening) == expression.count(closing)
    for label, value in re.findall(r'(\w+)="([^"]*)"', expression):
        assert value in LABELS[label]


def test_panels_stand_beside_each_other():
    assert len({panel["id"] for panel in panels()}) == len(panels())
    places = [panel["gridPos"] for panel in panels()]
    assert all(place["x"] + place["w"] <= WIDTH for place in places)
    for one, other in combinations(places, 2):
        is_apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert is_apart, (one, other)


def test_compose_names_what_exists():
    compose = read_yaml("compose.yaml")
    services = compose["services"]
    for name, service in services.items():
        assert ("build" in service) != ("image" in service), name
        assert set(service.get("depends_on", [])) <= set(services)
        environment = service.get("environment", {})
        ours = {key for key in environment if key.startswith("GRIDBOT_")}
        assert ours <= SETTINGS
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            is_named = source in compose["volumes"]
            assert is_named or (ROOT / source).exists() or source.endswith("/tls"), volume
        build = service.get("build")
        if isinstance(build, dict):
            assert (ROOT / build["dockerfile"]).is_file()
    assert set(services["worker"]["command"]) <= COMMANDS


@pytest.mark.parametrize("path", ["Dockerfile", "deploy/rasa.Dockerfile"])
def test_images_copy_what_exists(path: str):
    text = (ROOT / path).read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        *sources, _ = line.split()
        assert all((ROOT / source).exists() for source in sources), line
    for file in re.findall(r"-r (\S+)", text):
        assert (ROOT / file).is_file()


@pytest.mark.parametrize("name", ["web", "worker"])
def test_units_start_a_command_that_exists_without_more_rights_than_needed(name: str):
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / f"deploy/systemd/gridbot-{name}.service")
    service = unit["Service"]
    program, command, *_ = shlex.split(service["ExecStart"])
    assert program.endswith("/gridbot")
    assert command in COMMANDS
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")
    assert service["Restart"] == "always"


def test_the_proxy_leads_to_the_web_service_and_hides_the_metrics():
    text = (ROOT / "deploy/nginx/gridbot.conf").read_text(encoding="utf-8")
    bare = re.sub(r"#.*", "", text)
    assert bare.count("{") == bare.count("}")
    for line in filter(None, map(str.strip, bare.splitlines())):
        assert line.endswith(("{", "}", ";")), line
    services = read_yaml("compose.yaml")["services"]
    for host, port in re.findall(r"proxy_pass http://(\w+):(\d+)", text):
        assert host in services
        assert f"EXPOSE {port}" in (ROOT / "Dockerfile").read_text()
    (size,) = re.findall(r"client_max_body_size (\d+)m", text)
    assert int(size) << 20 >= MAX_BODY
    assert "location /metrics { deny all; }" in text
    # A caller's own header never reaches us: the lock-out counts by address.
    assert "$proxy_add_x_forwarded_for" not in text
    assert text.count("X-Forwarded-For $remote_addr") == text.count("proxy_pass")


def test_what_operators_type_exists():
    for words in re.findall(r"`gridbot ([a-z]+)(?: ([a-z]+))?", OPERATIONS):
        group = get_command(cli).commands
        assert words[0] in group, words
        if words[1] and hasattr(group[words[0]], "commands"):
            assert words[1] in group[words[0]].commands, words
