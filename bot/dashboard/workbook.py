"""A report as a workbook, one sheet a table, that starts no formula of anyone's."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.access import cells
from bot.dashboard import tables
from bot.dashboard.table import Cell, Table, is_share
from handlers.figures.reports import Report

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BAD_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
NAME_LENGTH = 31
WIDEST = 40


def workbook(report: Report) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in (tables.summary(report), tables.days(report), *tables.tables(report)):
        _sheet(book.create_sheet(table.title.translate(BAD_IN_NAMES)[:NAME_LENGTH]), table, report)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(sheet: Worksheet, table: Table, report: Report) -> None:
    sheet.append([cells.safe(f"{report.title}　{report.place}　{table.title}")])
    sheet.append([cells.safe(table.note or f"{report.made_at:%Y-%m-%d %H:%M} 生成")])
    sheet.append([cells.safe(text) for text in table.head])
    sheet["A1"].font = Font(bold=True, size=13)
    for cell in sheet[3]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="00706B")
        cell.alignment = Alignment(horizontal="center")
    for row in table.rows:
        sheet.append([_written(value) for value in row])
        for number, cell in enumerate(sheet[sheet.max_row]):
            if is_share(table, row, number):
                cell.number_format = "0.0%"
    sheet.freeze_panes = "B4"
    for number in range(1, len(table.head) + 1):
        texts = [table.head[number - 1], *(str(row[number - 1]) for row in table.rows)]
        width = max(_width(text) for text in texts) + 2
        sheet.column_dimensions[get_column_letter(number)].width = min(width, WIDEST)


def _written(value: Cell) -> Cell:
    """Figures stay figures, so that sheets can reckon with them."""
    return cells.safe(value) if isinstance(value, str) else value


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0xFF else 1 for letter in text)  # noqa: PLR2004 - beyond Latin-1
