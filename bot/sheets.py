"""Tables that leave us as CSV or workbook; no cell of them is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response
from openpyxl import Workbook

from bot.access import cells

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = Sequence[object]


def answer(kind: str, name: str, header: Sequence[str], rows: Iterable[Row]) -> Response:
    """A download `NAME.csv` or `NAME.xlsx`; `kind` is csv or xlsx."""
    made = _csv(header, rows) if kind == "csv" else _xlsx(name, header, rows)
    made.headers["Content-Disposition"] = f"attachment; filename={name}.{kind}"
    return made


def _csv(header: Sequence[str], rows: Iterable[Row]) -> Response:
    out = io.StringIO()
    out.write("\ufeff")  # Excel reads UTF-8 only with it
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([cells.safe(value) for value in row] for row in rows)
    return Response(out.getvalue(), content_type="text/csv; charset=utf-8")


def _xlsx(name: str, header: Sequence[str], rows: Iterable[Row]) -> Response:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.append(list(header))
    for row in rows:
        sheet.append([cells.safe(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return Response(out.getvalue(), content_type=XLSX)
