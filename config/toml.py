"""Read a business table: the operator's file in GRIDBOT_CONFIG_DIR if there, else the built-in."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

BUILT_IN = Path(__file__).parent

T = TypeVar("T")


class TableError(Exception):
    """A table that cannot be used; its text names the file, the key and what is wrong."""


def locate(name: str, folder: Path | None) -> Path:
    """The path of a table or a folder of pages by its name."""
    if folder is not None and (folder / name).exists():
        return folder / name
    return BUILT_IN / name


def read(name: str, folder: Path | None, shape: type[T]) -> T:
    """Load a TOML table into a frozen dataclass; raises TableError."""
    path = locate(name, folder)
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"{path.name}: cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{path.name}: {error}") from error
    try:
        return TypeAdapter(shape).validate_python(raw)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors()]
        raise TableError(f"{path.name}: " + "; ".join(faults)) from error
