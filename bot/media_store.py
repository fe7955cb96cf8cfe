"""Where the bytes of media lie: sealed files in one folder."""

from pathlib import Path

from config.database import Database, cipher_of


def folder(data_dir: Path) -> Path:
    return data_dir / "media"


def read(database: Database, folder: Path, name: str) -> bytes:
    """The bytes of a kept file; raises FileNotFoundError."""
    return cipher_of(database.engine.dialect).unseal((folder / name).read_bytes())


def keep(database: Database, folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(cipher_of(database.engine.dialect).seal(content))
