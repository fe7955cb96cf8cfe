"""Read a folder of CSV files or one workbook into rows of text, and find what is missing."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from handlers.registry.report import Finding
from handlers.registry.shapes import SHAPES, Row, Shape

MAX_CSV_BYTES = 200_000_000
MAX_WORKBOOK_BYTES = 100_000_000
# A workbook is a zip archive: what it says it unpacks to is bounded before it is unpacked.
MAX_UNPACKED_BYTES = 1_000_000_000
MAX_ROWS = 2_000_000
MAX_COLUMNS = 100
EXACT_DIGITS = 15  # a spreadsheet's number keeps no more


class UnreadableError(Exception):
    """A file that cannot be read at all; its text says what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file or sheet as the operator knows it by name, with its cells as text."""

    file: str
    lines: Iterable[Sequence[str]]


def read(path: Path) -> tuple[dict[str, list[Row]], dict[str, str], list[Finding]]:
    """The rows of every file, the name of each file in messages, and the faults found."""
    is_book = path.suffix.lower() == ".xlsx"
    names = {name: name if is_book else f"{name}.csv" for name in SHAPES}
    faults: list[Finding] = []
    rows: dict[str, list[Row]] = {name: [] for name in SHAPES}
    try:
        sheets = _book(path) if is_book else _folder(path)
        for name, lines in sheets:
            shape = SHAPES[name]
            if lines is None:
                faults.append(Finding(names[name], None, "", "缺少这个文件，请补上再导入。"))
                continue
            rows[name] = _rows(shape, Sheet(names[name], lines), faults)
    except UnreadableError as error:
        faults.append(Finding(path.name, None, "", str(error)))
    return rows, names, faults


def _folder(path: Path) -> Iterator[tuple[str, Iterable[Sequence[str]] | None]]:
    if not path.is_dir():
        raise UnreadableError("找不到这个文件夹或 .xlsx 文件，请检查路径。")
    for name in SHAPES:
        file = path / f"{name}.csv"
        yield name, _csv_lines(file) if file.is_file() else None


def _csv_lines(file: Path) -> list[list[str]]:
    if file.stat().st_size > MAX_CSV_BYTES:
        raise UnreadableError(f"{file.name} 超过 {MAX_CSV_BYTES // 1_000_000} MB，请拆成几次导入。")
    try:
        content = file.read_text(encoding="utf-8-sig")
        return list(csv.reader(io.StringIO(content, newline=""), strict=True))
    except UnicodeDecodeError:
        raise UnreadableError(
            f"{file.name} 不是 UTF-8 编码，请另存为「CSV UTF-8」再导入。"
        ) from None
    except (csv.Error, OSError) as error:
        raise UnreadableError(f"{file.name} 读不了（{error}），请检查引号和格式。") from None


def _book(path: Path) -> Iterator[tuple[str, Iterable[Sequence[str]] | None]]:
    _refuse_bomb(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError):
        raise UnreadableError("打不开这个工作簿，请用表格软件另存为 .xlsx 再导入。") from None
    try:
        for name in SHAPES:
            title = next((t for t in (name, f"{name}.csv") if t in book.sheetnames), None)
            if title is None:
                yield name, None
                continue
            sheet = book[title]
            # The size a sheet declares may be wrong; without it openpyxl reads what is there.
            sheet.reset_dimensions()
            yield name, ([_cell(v) for v in line] for line in sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _refuse_bomb(path: Path) -> None:
    try:
        if path.stat().st_size > MAX_WORKBOOK_BYTES:
            raise UnreadableError(
                f"工作簿超过 {MAX_WORKBOOK_BYTES // 1_000_000} MB，请改用 CSV 文件夹。"
            )
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except FileNotFoundError:
        raise UnreadableError("找不到这个文件夹或 .xlsx 文件，请检查路径。") from None
    except (BadZipFile, OSError):
        raise UnreadableError("打不开这个工作簿，请用表格软件另存为 .xlsx 再导入。") from None
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableError("工作簿解开后太大，像是损坏或恶意文件，没有打开。")


def _cell(value: Any) -> str:
    """A workbook's cell as the CSV would have it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def _number(value: float) -> str:
    """A number too long to be exact keeps its mark, so that no reading takes it."""
    if abs(value) >= 10**EXACT_DIGITS:
        return f"{value:.0e}"
    return str(int(value)) if float(value).is_integer() else str(value)


def _rows(shape: Shape, sheet: Sheet, faults: list[Finding]) -> list[Row]:
    lines = iter(sheet.lines)
    header = [cell.strip() for cell in next(lines, ())]
    missing = [c.name for c in shape.columns if header.count(c.name) != 1]
    for name in missing:
        problem = "缺少这一列，请补上表头。" if name not in header else "表头重复，请只留一列。"
        faults.append(Finding(sheet.file, 1, name, problem))
    if missing:
        return []
    places = [(column, header.index(column.name)) for column in shape.columns]
    rows: list[Row] = []
    for number, line in enumerate(lines, start=2):
        cells = [cell.strip() for cell in line[:MAX_COLUMNS]]
        if not any(cells):
            continue
        if number > MAX_ROWS:
            raise UnreadableError(f"{sheet.file} 超过 {MAX_ROWS} 行，请拆成几次导入。")
        if len(cells) != len(header) and (any(cells[len(header) :]) or sheet.file.endswith(".csv")):
            text = (
                f"这一行有 {len(cells)} 格，表头有 {len(header)} 格，请对齐（有逗号的内容加引号）。"
            )
            faults.append(Finding(sheet.file, number, "", text))
            continue
        cells += [""] * (len(header) - len(cells))
        found: dict[str, Any] = {}
        for column, place in places:
            try:
                found[column.name] = column.parse(cells[place])
            except ValueError as error:
                faults.append(Finding(sheet.file, number, column.name, str(error)))
        if "buildings" in found:
            found["buildings_text"] = cells[header.index("buildings")]
        rows.append(Row(number, found))
    return rows
