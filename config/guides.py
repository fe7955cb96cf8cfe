"""The guide: Markdown pages with front matter that residents and staff are answered from."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from config.toml import BUILT_IN, TableError, read

FOLDER = "guide"
WORDS = "guide/words.toml"
MAX_ANSWER = 200
MIN_QUESTIONS = 2
FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
LINE = re.compile(r"^(?:(?P<key>[a-z_]+):\s*(?P<value>.*)|\s+-\s+(?P<item>.+))$")
LISTS = frozenset({"questions", "intents"})
KEYS = frozenset({"title", "service", "source", "valid_from", "province", "confirm", *LISTS})
NEEDED = ("title", "questions", "source", "valid_from", "province")


class Audience(StrEnum):
    RESIDENT = "resident"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `answer` is its first paragraph, what a chat gets; `details` is the rest.

    `service` and `intents` are those of NLU.md. `confirm` says which figures of the page the
    utility has still to confirm; the resident is told that the local rule counts.
    """

    name: str
    audience: Audience
    title: str
    questions: tuple[str, ...]
    answer: str
    details: str
    source: str
    valid_from: date
    province: str
    service: str = ""
    intents: tuple[str, ...] = ()
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words that mean the same in a question, say nothing in it, or name no matter."""

    alias: dict[str, tuple[str, ...]]
    stop: tuple[str, ...]
    general: tuple[str, ...] = ()
    topic: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """All pages; compared by identity, so that an index can be kept for it."""

    pages: tuple[Page, ...]
    words: Vocabulary

    def page(self, name: str) -> Page | None:
        return next((page for page in self.pages if page.name == name), None)


def load(folder: Path | None = None) -> Guide:
    """Read the built-in pages; a page of the operator's folder takes the place of its namesake."""
    paths = _paths(BUILT_IN / FOLDER)
    if folder is not None:
        paths |= _paths(folder / FOLDER)
    pages = [_page(name, paths[name]) for name in sorted(paths)]
    return Guide(tuple(pages), read(WORDS, folder, Vocabulary))


def _paths(root: Path) -> dict[str, Path]:
    """Each page by its name, `resident/pv-time`."""
    return {
        f"{audience}/{path.stem}": path
        for audience in Audience
        for path in (root / audience).glob("*.md")
    }


def _page(name: str, path: Path) -> Page:
    where = f"{FOLDER}/{name}.md"
    try:
        match = FRONT.match(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{where}: cannot be read: {error}") from error
    if match is None:
        raise TableError(f"{where}: a page begins with front matter between two lines of ---")
    facts, lists = _front(match[1], where)
    answer, _, details = match[2].strip().partition("\n\n")
    _check(where, {**facts, **lists}, answer)
    return Page(
        name=name,
        audience=Audience(name.partition("/")[0]),
        title=facts["title"],
        questions=tuple(lists["questions"]),
        answer=answer.strip(),
        details=details.strip(),
        source=facts["source"],
        valid_from=_day(facts["valid_from"], where),
        province=facts["province"],
        service=facts.get("service", ""),
        intents=tuple(lists.get("intents", [])),
        confirm=facts.get("confirm", ""),
    )


def _front(text: str, where: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Front matter of plain values and of lists, an item a line."""
    facts: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    key = ""
    for number, line in enumerate(text.splitlines(), 2):
        match = LINE.match(line)
        if match is None or (match["item"] and key not in LISTS):
            raise TableError(f"{where}:{number}: neither `key: value` nor an item of a list")
        if match["item"]:
            lists[key].append(match["item"].strip())
            continue
        key = match["key"]
        if key not in KEYS:
            raise TableError(f"{where}:{number}: {key} is none of {', '.join(sorted(KEYS))}")
        if key in LISTS:
            lists[key] = []
        elif match["value"]:
            facts[key] = match["value"].strip()
    return facts, lists


def _check(where: str, front: dict[str, object], answer: str) -> None:
    if missing := [key for key in NEEDED if not front.get(key)]:
        raise TableError(f"{where}: {', '.join(missing)} is missing")
    if len(list(front["questions"])) < MIN_QUESTIONS:  # type: ignore[call-overload]
        raise TableError(f"{where}: questions: at least {MIN_QUESTIONS} ways to ask are needed")
    if not answer or len(answer) > MAX_ANSWER:
        raise TableError(
            f"{where}: the first paragraph has {len(answer)} characters, 1 to {MAX_ANSWER} fit"
        )


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise TableError(f"{where}: valid_from: {text} is no date like 2026-01-31") from error
