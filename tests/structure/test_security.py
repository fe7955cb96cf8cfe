"""SECURITY.md names tests that exist; the repository holds no secret and no dangerous habit."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
SOURCES = ("bot", "handlers", "nlu", "notifier", "config")
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an API key of ours": re.compile(r"\bgb_[A-Za-z0-9_-]{43}\b"),
    "a cloud's key": re.compile(r"\b(?:AKIA|LTAI|AKID)[0-9A-Za-z]{16,}\b"),
    "a token of a forge": re.compile(r"\b(?:ghp|gho|ghs|glpat)[_-][0-9A-Za-z_]{20,}\b"),
    "a webhook's key": re.compile(r"webhook/send\?key=[0-9a-f]{8}-[0-9a-f]{4}-"),
    "an AppID with its secret": re.compile(r"wx[0-9a-f]{16}\W+[0-9a-f]{32}\b"),
}
# A package host in a file would make a build depend on one place; a path, on one machine.
PLACES = re.compile(r"files\.pythonhosted|pypi\.org|registry\.npmjs|/home/[a-z]+/|/Users/[a-z]")
DANGEROUS = {
    "eval or exec": re.compile(r"(?<![\w.])(?:eval|exec)\("),
    "pickle": re.compile(r"^\s*(?:import|from) (?:pickle|shelve|marshal)\b", re.MULTILINE),
    "a shell": re.compile(r"shell=True|os\.system\("),
    "unchecked TLS": re.compile(r"verify=False"),
    "unsafe YAML": re.compile(r"yaml\.load\("),
    "a weak source of chance for secrets": re.compile(
        r"random\.(?:choice|randint)\(.*(?:key|token)"
    ),
}
UNESCAPED = re.compile(r"\|\s*safe\b|autoescape false")
# What is not escaped, and why it may stay so.
MAY_STAY_UNESCAPED: dict[str, str] = {}


def files() -> list[Path]:
    """Every file that is kept, with git's help where there is git."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        skipped = {
            ".venv",
            ".rasa-venv",
            ".werobot-venv",
            "node_modules",
            ".git",
            "var",
            "vendor",
            "model",
        }
        found = [p for p in ROOT.rglob("*") if not skipped & set(p.relative_to(ROOT).parts)]
    else:
        found = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    return [path for path in found if path.is_file()]


def texts(*suffixes: str) -> list[tuple[str, str]]:
    found = []
    for path in files():
        if (suffixes and path.suffix not in suffixes) or path.stat().st_size > 2_000_000:
            continue
        try:
            found.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_every_threat_is_tied_to_a_test_that_exists():
    document = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [row for row in document.splitlines() if re.match(r"\| T\d+ ", row)]
    assert len(rows) >= 20
    for row in rows:
        named = NAMED.findall(row)
        assert named, row
        for path, name in named:
            source = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"def {name}\(", source), f"{path}::{name}"


def test_threats_are_numbered_without_gaps():
    document = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    numbers = [int(n) for n in re.findall(r"^\| T(\d+) ", document, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("kind", list(SECRETS))
def test_no_secret_is_in_the_repository(kind):
    assert [name for name, text in texts() if SECRETS[kind].search(text)] == []


def test_no_file_names_a_package_host_or_somebodys_machine():
    kept_apart = {"package-lock.json", "tests/structure/test_security.py"}
    found = [name for name, text in texts() if name not in kept_apart and PLACES.search(text)]
    assert found == []


@pytest.mark.parametrize("habit", list(DANGEROUS))
def test_no_source_has_a_dangerous_habit(habit):
    found = [
        name
        for name, text in texts(".py")
        if name.startswith(SOURCES) and DANGEROUS[habit].search(text)
    ]
    assert found == []


def test_templates_escape_what_they_show():
    found = {name for name, text in texts(".html", ".xml") if UNESCAPED.search(text)}
    assert found == set(MAY_STAY_UNESCAPED)


def test_no_environment_file_is_kept():
    assert [path.name for path in files() if path.name == ".env" or path.suffix == ".pem"] == []
