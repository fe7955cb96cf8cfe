"""Read one CSV file or the first sheet of a workbook into rows of text."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MAX_BYTES = 20_000_000
# A workbook is a zip archive: what it says it unpacks to is bounded before it is unpacked.
MAX_UNPACKED_BYTES = 200_000_000
MAX_COLUMNS = 60
EXACT_DIGITS = 15  # a spreadsheet's number keeps no more
ENCODINGS = ("utf-8-sig", "gb18030")  # Excel in China saves CSV in the second


class UnreadableError(Exception):
    """A file that cannot be read at all; its text says what to do."""


def read(name: str, content: bytes, *, most_rows: int) -> list[list[str]]:
    """The header and the rows; raises UnreadableError."""
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"文件超过 {MAX_BYTES // 1_000_000} MB，请拆成几次导入。")
    rows = _workbook(content) if name.lower().endswith(".xlsx") else _csv(content)
    lines = []
    for row in rows:
        lines.append(row[:MAX_COLUMNS])
        if len(lines) > most_rows + 1:
            raise UnreadableError(f"超过 {most_rows} 行，请拆成几次导入。")
    return lines


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    except csv.Error as error:
        raise UnreadableError(f"这个 CSV 读不了（{error}），请检查引号和格式。") from None


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("认不出这个文件的编码，请另存为「CSV UTF-8」再导入。")


def _workbook(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise UnreadableError("工作簿解开后太大，像是损坏或恶意文件，没有打开。")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise UnreadableError("打不开这个工作簿，请用表格软件另存为 .xlsx 再导入。") from None
    try:
        sheet = book[book.sheetnames[0]]
        # The size a sheet declares may be wrong; without it openpyxl reads what is there.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
            yield [_cell(value) for value in row]
    finally:
        book.close()


def _cell(value: Any) -> str:
    """A workbook's cell as the CSV would have it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, float):
        # A number too long to be exact keeps its mark, so that no reading takes it.
        if abs(value) >= 10**EXACT_DIGITS:
            return f"{value:.0e}"
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)
