"""Reports as a page, a workbook that starts no formula, and a PDF that carries its font."""

import io
import re
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader

from bot.access.models import AuditEntry
from bot.dashboard.tables import BEHIND
from bot.parts import Parts
from handlers.grid.models import Grid
from handlers.tickets.models import Ticket

AsPerson = Callable[[str], FlaskClient]
DAYS = "from=2026-11-19&to=2026-11-25"


def test_the_page_shows_the_figures_of_the_days_asked_for(
    as_person: AsPerson, numbers: list[str]
) -> None:
    page = as_person("command").get(f"/dashboard/reports?{DAYS}").text
    assert "2026年11月19日至11月25日 服务周报" in page
    row = r"figure=unsatisfied[^>]*>满意率（4、5分）</a></td><td class=\"number\">50.0%"
    assert re.search(row, re.sub(r"\s+<", "<", page))
    empty = as_person("command").get("/dashboard/reports?from=2026-10-01&to=2026-10-31").text
    assert "2026年10月 服务月报" in empty


@pytest.mark.parametrize(
    "query", ["from=nonsense&to=", "from=2026-11-25&to=2026-11-01", "from=1900-01-01"]
)
def test_days_that_make_no_sense_still_give_a_report(as_person: AsPerson, query: str) -> None:
    assert as_person("command").get(f"/dashboard/reports?{query}").status_code == 200


def test_a_station_reports_of_itself_alone(as_person: AsPerson, numbers: list[str]) -> None:
    page = as_person("qiu").get(f"/dashboard/reports?{DAYS}&station=CD").text
    assert "城西供电服务站" in page
    assert "棉纺网格" not in page


def test_the_workbook_has_a_sheet_for_each_table(as_person: AsPerson, numbers: list[str]) -> None:
    answer = as_person("command").get(f"/dashboard/reports.xlsx?{DAYS}")
    book = load_workbook(io.BytesIO(answer.data))
    assert {"主要指标", "每日", "各服务站", "各类诉求"} <= set(book.sheetnames)
    rows = {row[0]: row[1] for row in book["主要指标"].iter_rows(min_row=4, values_only=True)}
    assert rows["受理"] == 5
    assert rows["满意率（4、5分）"] == 0.5


def test_no_cell_of_the_workbook_is_a_formula(
    parts: Parts, as_person: AsPerson, numbers: list[str]
) -> None:
    with parts.working() as desk:
        desk.session.get_one(Grid, "CD01").name = '＝HYPERLINK("http://evil.example")'
        for ticket in desk.session.query(Ticket):
            ticket.is_supervised, ticket.place_text = True, "@SUM(1)"
    answer = as_person("command").get(f"/dashboard/reports.xlsx?{DAYS}")
    with ZipFile(io.BytesIO(answer.data)) as packed:
        sheets = [packed.read(name) for name in packed.namelist() if "sheets/" in name]
    assert sheets
    assert not any(b"<f>" in sheet for sheet in sheets)
    grids = load_workbook(io.BytesIO(answer.data))["各网格"]
    assert grids["A4"].value == '\'＝HYPERLINK("http://evil.example")'
    assert isinstance(grids["B4"].value, int)


def test_the_pdf_carries_its_font_and_can_be_read(as_person: AsPerson, numbers: list[str]) -> None:
    answer = as_person("command").get(f"/dashboard/reports.pdf?{DAYS}")
    reader = PdfReader(io.BytesIO(answer.data))
    text = "".join(page.extract_text() for page in reader.pages)
    for words in ("服务周报", "每日受理和办结", "满意率", "50.0%", "人员：积分与星级"):
        assert words in text
    fonts = reader.pages[0]["/Resources"]["/Font"]
    descendants = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts.values()]
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in descendants)


def test_what_leaves_the_house_is_written_down(
    parts: Parts, as_person: AsPerson, numbers: list[str]
) -> None:
    as_person("command").get(f"/dashboard/reports.pdf?{DAYS}")
    with parts.database.reading() as session:
        entries = session.query(AuditEntry).filter_by(action="report_pdf").all()
    assert [entry.actor for entry in entries] == ["command"]


def test_each_name_of_a_report_leads_to_its_weeks(as_person: AsPerson, numbers: list[str]) -> None:
    page = as_person("command").get(f"/dashboard/reports?{DAYS}").text
    for by, key in (("station", "CD"), ("grid", "CD01"), ("person", "zhou")):
        path = f"/dashboard/course?by={by}&amp;key={key}"
        assert path in page
        course = as_person("hu").get(path.replace("&amp;", "&")).text
        row = re.search(r"<td [^>]*>11-23</td>(.*?)</tr>", course, re.DOTALL)
        assert row, by
        assert re.findall(r">(\d+)</td>", row[1])[0] != "0"
        assert as_person("qiu").get(path.replace("&amp;", "&")).status_code == 404
    assert as_person("command").get("/dashboard/course?by=grid&key=nowhere").status_code == 404
    assert as_person("command").get("/dashboard/course?by=day&key=x").status_code == 404


def test_every_main_figure_leads_to_its_tickets(as_person: AsPerson, numbers: list[str]) -> None:
    client = as_person("command")
    page = client.get(f"/dashboard/reports?{DAYS}&station=CD").text
    paths = [
        path.replace("&amp;", "&") for path in re.findall(r'"(/dashboard/tickets\?[^"]+)"', page)
    ]
    assert len(paths) == len(BEHIND)
    for path in paths:
        assert "station=CD" in path
        assert client.get(path).status_code == 200
