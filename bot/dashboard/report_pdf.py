"""The report as a PDF: what matters first, then plots, then the tables."""

from collections.abc import Sequence

from bot.dashboard import tables
from bot.dashboard.pdf import ROW, Document
from bot.dashboard.table import Table, is_number, is_share, shown
from handlers.figures.reports import Report

TOP_BARS = 12
NARROWEST, WIDEST, PADDING = 5, 40, 2  # in Latin letters
HEAD_ROOM, MOST_ROOM = 24.0, 150.0  # a table that fits a page is not torn apart


def report_pdf(report: Report) -> bytes:
    made = f"{report.made_at:%Y-%m-%d %H:%M} 生成"
    page = Document(report.title, report.place, made)
    page.big(report.title, f"{report.place} · {made}")
    summary = tables.summary(report)
    page.tiles(_tiles(summary))
    _plots(page, report)
    for table in (summary, *tables.tables(report)):
        _table(page, table)
    return bytes(page.output())


def _tiles(summary: Table) -> list[tuple[str, str, str]]:
    """The first eight that managers ask for."""
    wanted = (
        "受理",
        "响应率（按时联系）",
        "解决率（住户说解决了）",
        "满意率（4、5分）",
        "15分钟内到场",
        "按时办结",
        "承诺兑现",
        "重复诉求率",
    )
    rows = {str(row[0]): row for row in summary.rows}
    found = []
    for name in wanted:
        row = rows[name]
        now, before = (shown(cell, is_percent=is_share(summary, row, 1)) for cell in row[1:3])
        found.append((name.split("（")[0], now, f"上期 {before}"))
    return found


def _plots(page: Document, report: Report) -> None:
    days = [line.name for line in report.days]
    sums = [line.totals for line in report.days]
    if len(days) > 1:
        page.heading("每日受理和办结", room=80)
        page.lines(
            days,
            [
                ("受理", [float(total["created"]) for total in sums]),
                ("其中已办结", [float(total["resolved"]) for total in sums]),
            ],
        )
        page.heading("三率走势（%）", room=80)
        rates = (
            ("响应率", [total.response_rate for total in sums]),
            ("解决率", [total.solved_rate for total in sums]),
            ("满意率", [total.satisfaction for total in sums]),
        )
        percents = [(name, [None if r is None else r * 100 for r in row]) for name, row in rates]
        page.lines(days, percents, top=100)
    kinds = [(line.name, float(line.totals["created"])) for line in report.categories[:TOP_BARS]]
    if kinds:
        page.heading("各类诉求", room=60)
        page.bars(kinds)
    if report.words:
        page.heading("热词（工单数）", room=60)
        page.bars([(one.word, float(one.tickets)) for one in report.words[:TOP_BARS]])


def _table(page: Document, table: Table) -> None:
    page.heading(table.title, room=min(HEAD_ROOM + ROW * len(table.rows), MOST_ROOM))
    if table.note:
        page.words(table.note, is_soft=True)
    rows = [
        [shown(cell, is_percent=is_share(table, row, number)) for number, cell in enumerate(row)]
        for row in table.rows
    ]
    numbers = frozenset(n for n in range(len(table.head)) if is_number(table, n))
    page.grid(table.head, rows, _widths(table.head, rows), numbers=numbers)


def _widths(head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """Each column as wide as its longest text asks, so that no heading is broken."""
    columns = zip(head, *rows, strict=True)
    longest = [max(_letters(text) for text in column) for column in columns]
    return tuple(float(min(max(length, NARROWEST), WIDEST)) + PADDING for length in longest)


def _letters(text: str) -> int:
    return sum(2 if ord(letter) > 0xFF else 1 for letter in text)  # noqa: PLR2004 - beyond Latin-1
