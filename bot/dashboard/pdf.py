"""A PDF page with Chinese text, tables and plots; it carries the glyphs it uses."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align, TableCellFillMode
from fpdf.fonts import FontFace

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
FAMILY = "NotoSansSC"
BRAND, INK, SOFT, LINE, TINT = (0, 112, 107), (26, 26, 26), (95, 99, 104), (225, 228, 230), 245
COLOURS = ((0, 112, 107), (230, 126, 34), (52, 101, 164), (179, 38, 30))
MARGIN = 15.0
PLOT_HEIGHT = 52.0
ROW = 6.2


class Document(FPDF):
    """A4 with a running head and page numbers."""

    def __init__(self, title: str, place: str, footer: str) -> None:
        super().__init__(format="A4")
        self.running, self.footing = f"{title}　{place}", footer
        self.set_title(title)
        self.set_lang("zh-CN")
        self.add_font(FAMILY, fname=FONT)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=18)
        self.set_font(FAMILY, size=10)
        self.add_page()

    def header(self) -> None:
        self.set_font(FAMILY, size=8)
        self.set_text_color(*SOFT)
        self.cell(0, 5, self.running, align=Align.L, new_x="LMARGIN", new_y="NEXT")
        self.ln(2)

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FAMILY, size=8)
        self.set_text_color(*SOFT)
        self.cell(0, 5, self.footing, align=Align.L)
        self.set_x(MARGIN)
        self.cell(0, 5, f"第 {self.page_no()} 页", align=Align.R)

    def big(self, text: str, under: str) -> None:
        self.set_text_color(*BRAND)
        self.set_font(FAMILY, size=20)
        self.cell(0, 11, text, new_x="LMARGIN", new_y="NEXT")
        self.set_text_color(*SOFT)
        self.set_font(FAMILY, size=10)
        self.cell(0, 6, under, new_x="LMARGIN", new_y="NEXT")
        self.ln(3)

    def heading(self, text: str, *, room: float = 30) -> None:
        """A heading with room below it for what it heads."""
        if self.will_page_break(room):
            self.add_page()
        self.ln(3)
        self.set_text_color(*INK)
        self.set_font(FAMILY, size=13)
        self.cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")

    def words(self, text: str, *, is_soft: bool = False) -> None:
        self.set_text_color(*(SOFT if is_soft else INK))
        self.set_font(FAMILY, size=8.5 if is_soft else 10)
        self.multi_cell(0, 5.5, text, new_x="LMARGIN", new_y="NEXT")

    def tiles(self, tiles: Sequence[tuple[str, str, str]]) -> None:
        """Boxes with a label, a figure and what it was before, four in a row."""
        width = (self.epw - 9) / 4
        for number, (label, value, before) in enumerate(tiles):
            x, y = MARGIN + number % 4 * (width + 3), self.get_y()
            self.set_fill_color(TINT)
            self.rect(x, y, width, 20, style="F")
            self._at(x + 3, y + 2, width - 6, label, 8.5, SOFT)
            self._at(x + 3, y + 7, width - 6, value, 15, INK)
            self._at(x + 3, y + 14, width - 6, before, 7.5, SOFT)
            is_last = number % 4 == 3 or number == len(tiles) - 1  # noqa: PLR2004 - four in a row
            self.set_xy(MARGIN, y + 23 if is_last else y)

    def grid(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        numbers: frozenset[int] = frozenset(),
    ) -> None:
        """A table whose head is repeated on every page; columns of numbers stand to the right."""
        self.set_fill_color(255)
        self.set_text_color(*INK)
        self.set_draw_color(*LINE)
        self.set_font(FAMILY, size=8)
        heading = FontFace(color=(255, 255, 255), fill_color=BRAND)
        aligns = tuple(Align.R if number in numbers else Align.L for number in range(len(head)))
        self.c_margin = 2
        with self.table(
            headings_style=heading,
            col_widths=tuple(widths),
            text_align=aligns,
            line_height=ROW,
            cell_fill_color=TINT,
            cell_fill_mode=TableCellFillMode.ROWS,
            borders_layout="HORIZONTAL_LINES",
        ) as table:
            for cells in (head, *rows):
                line = table.row()
                for cell in cells:
                    line.cell(cell)

    def lines(
        self,
        names: Sequence[str],
        series: Sequence[tuple[str, Sequence[float | None]]],
        *,
        top: float | None = None,
    ) -> None:
        """A line plot; a gap where there is no value."""
        highest = top or _round_up(max((v or 0 for _, values in series for v in values), default=1))
        left, width, base = self._frame(highest, [name for name, _ in series])
        step = width / max(1, len(names) - 1)
        for number, (_, values) in enumerate(series):
            self.set_draw_color(*COLOURS[number % len(COLOURS)])
            self.set_fill_color(*COLOURS[number % len(COLOURS)])
            self.set_line_width(0.5)
            points = [
                None if value is None else (left + i * step, base - value / highest * PLOT_HEIGHT)
                for i, value in enumerate(values)
            ]
            for one, other in pairwise(points):
                if one and other:
                    self.line(*one, *other)
            for point in filter(None, points):
                self.circle(point[0], point[1], 0.7, style="F")
        self._names(names, left, step, base)

    def bars(self, rows: Sequence[tuple[str, float]]) -> None:
        """Lying bars with their names before and their values behind."""
        highest = max((value for _, value in rows), default=1) or 1
        if self.will_page_break(ROW * len(rows) + 4):
            self.add_page()
        for name, value in rows:
            y = self.get_y()
            self._at(MARGIN, y + 0.6, 38, name, 8.5, INK, align=Align.R)
            self.set_fill_color(*BRAND)
            length = (self.epw - 60) * value / highest
            self.rect(MARGIN + 41, y + 1, max(length, 0.4), ROW - 2, style="F")
            self._at(MARGIN + 43 + length, y + 0.6, 18, f"{value:g}", 8.5, SOFT)
            self.set_xy(MARGIN, y + ROW)
        self.ln(2)

    def _frame(self, highest: float, names: Sequence[str]) -> tuple[float, float, float]:
        """Grid lines, their values and a legend; returns left edge, width and base line."""
        if self.will_page_break(PLOT_HEIGHT + 18):
            self.add_page()
        x = MARGIN + 8
        for number, name in enumerate(names):
            self.set_fill_color(*COLOURS[number % len(COLOURS)])
            self.rect(x, self.get_y() + 1.6, 4, 1.6, style="F")
            self._at(x + 5, self.get_y(), 30, name, 8.5, INK)
            x += 12 + self.get_string_width(name)
        left, y = MARGIN + 12, self.get_y() + 8
        width, base = self.epw - 14, y + PLOT_HEIGHT
        self.set_line_width(0.2)
        for part in range(5):
            level = base - PLOT_HEIGHT * part / 4
            self.set_draw_color(*LINE)
            self.line(left, level, left + width, level)
            self._at(MARGIN - 2, level - 2, 12, f"{highest * part / 4:g}", 7.5, SOFT, align=Align.R)
        return left, width, base

    def _names(self, names: Sequence[str], left: float, step: float, base: float) -> None:
        every = max(1, len(names) // 10)
        for number, name in enumerate(names[::every]):
            self._at(left + number * every * step - 8, base + 1, 16, name, 7.5, SOFT, align=Align.C)
        self.set_xy(MARGIN, base + 7)

    def _at(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        size: float,
        colour: tuple[int, int, int],
        *,
        align: Align = Align.L,
    ) -> None:
        self.set_font(FAMILY, size=size)
        self.set_text_color(*colour)
        top = self.get_y()
        self.set_xy(x, y)
        self.cell(width, 5, text, align=align)
        self.set_xy(x, top)


def _round_up(value: float) -> float:
    """The next of 4, 8, 20, 40, 80, 200, … so that quarters are round numbers."""
    scale = 1.0
    while True:
        for step in (4, 8, 20):
            if value <= step * scale:
                return step * scale
        scale *= 10
