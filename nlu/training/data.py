"""The examples of nlu/data in Rasa's format, every mistake named with file and line."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from nlu.intents import INTENTS

DATA = Path(__file__).parent.parent / "data"

_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_OTHER_BLOCKS = frozenset({"synonym", "lookup", "regex"})


class DataError(ValueError):
    """The training data is wrong; the message has one line for each mistake."""


@dataclass(frozen=True, slots=True)
class Example:
    """One thing a resident says and the intent it shows; `source` is file:line."""

    text: str
    intent: str
    source: str


def load(folder: Path = DATA) -> tuple[Example, ...]:
    """All examples of a folder, duplicates dropped; raises DataError with every mistake found."""
    items = [item for path in files(folder) for item in _read(path.read_text("utf-8"), path.name)]
    problems = [item for item in items if isinstance(item, str)]
    examples = [item for item in items if isinstance(item, Example)]
    try:
        merged = merge(examples)
    except DataError as error:
        problems.append(str(error))
    if not items:
        problems.append(f"{folder}: no examples in any *.yml")
    if problems:
        raise DataError("\n".join(problems))
    return merged


def merge(examples: Iterable[Example]) -> tuple[Example, ...]:
    """The examples without duplicates; raises DataError where one text has two intents."""
    first: dict[str, Example] = {}
    problems = [
        f"{each.source}: 「{each.text}」 is {each.intent} here, {known.intent} in {known.source}"
        for each in examples
        if (known := first.setdefault(each.text, each)).intent != each.intent
    ]
    if problems:
        raise DataError("\n".join(problems))
    return tuple(first.values())


def files(folder: Path = DATA) -> list[Path]:
    return sorted(folder.glob("*.yml"))


def fingerprint(folder: Path = DATA) -> str:
    """What the data was when a model was made of it."""
    digest = hashlib.sha256()
    for path in files(folder):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def parse(text: str, *, name: str) -> tuple[Example, ...]:
    """The examples of one YAML text; raises DataError with every mistake."""
    items = list(_read(text, name))
    if problems := [item for item in items if isinstance(item, str)]:
        raise DataError("\n".join(problems))
    return tuple(item for item in items if isinstance(item, Example))


def _read(text: str, source: str) -> Iterator[Example | str]:
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        yield f"{source}:{line}: {error.problem}"
        return
    for block in _field(root, "nlu", default=()):
        yield from _block(source, block)


def _block(name: str, block: Any) -> Iterator[Example | str]:
    fields = {key.value: value for key, value in block.value}
    line = block.start_mark.line + 1
    if _OTHER_BLOCKS & fields.keys():
        return
    if not {"intent", "examples"} <= fields.keys():
        yield f"{name}:{line}: a block needs `intent` and `examples`"
        return
    intent = str(fields["intent"].value)
    if intent not in INTENTS:
        yield f"{name}:{line}: unknown intent {intent}"
        return
    first = fields["examples"].start_mark.line + 2
    for number, raw in enumerate(str(fields["examples"].value).split("\n"), first):
        if not raw.strip():
            continue
        text = _ANNOTATION.sub(r"\1", raw.removeprefix("-").strip())
        if not raw.startswith("-") or not text:
            yield f"{name}:{number}: an example is `- ` and a text, not {raw!r}"
            continue
        yield Example(text, intent, f"{name}:{number}")


def _field(node: Any, key: str, *, default: Any) -> Any:
    """The value of one key of a composed YAML mapping."""
    for name, value in getattr(node, "value", ()) or ():
        if name.value == key:
            return value.value
    return default
