"""Requests from a table: all or nothing, each fault with its row and column."""

import io

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from handlers.tickets import bulk
from handlers.tickets.models import Source, Ticket

HEADER = "工单编号,类别,内容,户号,小区,地址,姓名,电话,受理时间"
GOOD = "H001,停电报修,家里没电了,,一棉宿舍,3栋501,王芳,19900002625,2026-11-25 09:30"
OTHER = "H002,billing,电费不对,3600012345678,莲溪村,,,,2026/11/25 09:40"


def table(*rows, header=HEADER):
    return "\n".join((header, *rows)).encode()


def load(desk, content, name="单子.csv", **options):
    options = {"source": Source.CITY_12345, "by": "command"} | options
    return bulk.import_tickets(desk, name, content, **options)


def count(desk):
    return desk.session.scalar(sa.select(sa.func.count()).select_from(Ticket))


def test_every_row_becomes_a_ticket_with_its_person(desk):
    outcome = load(desk, table(GOOD, "", OTHER))
    assert (outcome.faults, outcome.created, outcome.known) == ((), 2, 0)
    first, second = desk.session.scalars(sa.select(Ticket).order_by(Ticket.id))
    assert (first.source_channel, first.external_number) == ("12345", "H001")
    assert (first.community_code, first.building, first.assignee_userid) == ("C001", "3", "zhou")
    assert f"{first.reported_at:%H:%M}" == "09:30"
    assert (second.category, second.assignee_userid) == ("billing", "wan")


def test_the_same_table_again_makes_nothing_new(desk):
    load(desk, table(GOOD, OTHER))
    outcome = load(desk, table(GOOD.replace("家里没电了", "还是没电"), OTHER))
    assert (outcome.created, outcome.known, count(desk)) == (0, 2, 2)
    first = desk.session.get_one(Ticket, 1)
    assert any(event.text == "还是没电" for event in first.events)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",停电报修,没电,,,,,,", "第3行「工单编号」：不能空着。"),
        ("H9,停水,没水,,,,,,", "第3行「类别」：没有「停水」这一类"),
        ("H9,停电报修,,,,,,,", "第3行「内容」：不能空着。"),
        ("H9,停电报修,没电,12,,,,,", "第3行「户号」：户号是10位或13位数字"),
        ("H9,停电报修,没电,3.6E+12,,,,,", "第3行「户号」"),
        ("H9,停电报修,没电,,,,,123,", "第3行「电话」"),
        ("H9,停电报修,没电,,,,,,昨天", "第3行「受理时间」：时间请写成"),
        ("H9,停电报修,没电,,,,,,2027-01-01", "第3行「受理时间」：时间在以后"),
        ("H001,停电报修,没电,,,,,,", "第3行「工单编号」：和第2行的编号一样。"),
    ],
)
def test_one_bad_row_stops_all_and_says_where(desk, row, fault):
    outcome = load(desk, table(GOOD, row))
    assert [str(one).startswith(fault) for one in outcome.faults] == [True]
    assert count(desk) == 0


def test_every_fault_is_told_at_once(desk):
    outcome = load(desk, table("H1,停水,没电,,,,,1,", "H2,停电报修,,,,,,,"))
    assert [(one.row, one.column) for one in outcome.faults] == [
        (2, "类别"),
        (2, "电话"),
        (3, "内容"),
    ]


def test_a_missing_column_is_named(desk):
    outcome = load(desk, table("H1,没电", header="编号,内容"))
    assert [str(one) for one in outcome.faults] == ["第1行「类别」：缺少这一列，请补上表头。"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"\xff\xfe\x00"), ("a.xlsx", b"PK nonsense"), ("a.csv", b""), ("a.csv", b'"a')],
)
def test_what_cannot_be_read_is_said(desk, name, content):
    assert load(desk, content, name).faults
    assert count(desk) == 0


def test_excel_and_its_csv_are_read(desk):
    book = Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(["H001", "停电报修", "没电", 3600012345678, "莲溪村", "", "", 19900002625])
    out = io.BytesIO()
    book.save(out)
    assert load(desk, out.getvalue(), "单子.xlsx").created == 1
    assert desk.session.get_one(Ticket, 1).account_number == "3600012345678"
    assert load(desk, table(OTHER).decode().encode("gb18030")).created == 1


def test_a_dry_run_writes_nothing(desk):
    assert load(desk, table(GOOD, OTHER), dry_run=True).created == 2
    assert count(desk) == 0
