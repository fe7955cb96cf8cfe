from datetime import date, datetime, time
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from config.database import blind
from handlers.billing.models import Bill
from handlers.customers.models import Customer
from handlers.errors import DomainError
from handlers.grid.models import (
    Community,
    CommunityAlias,
    CommunityArea,
    Grid,
    GridStaff,
    Staff,
    TransformerArea,
)
from handlers.grid.queries import registry_version
from handlers.outages.models import Outage, OutageState
from handlers.registry.report import render
from tests.handlers.registry.cities import FILES, city, with_row, workbook

SAMPLE = Path(__file__).parents[3] / "bot" / "simulator" / "sample-city"


def _count(session, model):
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_sample_city_imports_without_a_fault(bring_in, database):
    report = bring_in(SAMPLE)
    assert report.faults == ()
    with database.reading() as session:
        assert _count(session, Customer) == 2000
        assert _count(session, Bill) == 24000
        assert _count(session, Outage) == 26
        assert registry_version(session) == 1


def test_what_is_read_is_what_is_stored(tmp_path, bring_in, database):
    bring_in(city(tmp_path / "city"))
    with database.reading() as session:
        index = blind(session, "3699246192", "account")
        customer = session.scalars(sa.select(Customer).filter_by(account_index=index)).one()
        bills = session.scalars(sa.select(Bill).order_by(Bill.period)).all()
        area = session.get_one(CommunityArea, ("C001", "TQ1"))
        assert session.get_one(Grid, "CD01").household_limit == 10000
        assert session.get_one(GridStaff, ("CD01", "zhou")).is_responsible
        assert session.get_one(Staff, "chen").station_code is None
        session.expunge_all()
    assert (customer.name, customer.phone, customer.balance) == ("张建国", "19900007716", "-35.50")
    assert customer.account_tail == "6192"
    assert customer.name_index == blind(session, "张建国", "name")
    assert (area.buildings, area.buildings_text) == (["1", "2", "3", "4", "5", "6", "8"], "1-6;8")
    assert [(b.amount, b.due_on, b.paid_on) for b in bills] == [
        ("126.50", "2026-10-25", "2026-10-02"),
        ("180.00", "2027-01-25", None),
    ]


def test_personal_columns_are_sealed_in_the_table(tmp_path, bring_in, database):
    bring_in(city(tmp_path / "city"))
    with database.reading() as session:
        raw = session.execute(sa.text("SELECT name, phone, account_number FROM customers")).all()
    assert all(value is None or value.startswith("k:") for row in raw for value in row)


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(tmp_path, bring_in, database):
    report = bring_in(city(tmp_path / "city"), dry_run=True)
    assert {change.file: change.added for change in report.changes}["customers.csv"] == 2
    assert "--dry-run" in render(report)
    with database.reading() as session:
        assert _count(session, Community) == 0
        assert registry_version(session) == 0


def test_importing_again_changes_nothing(tmp_path, bring_in):
    bring_in(city(tmp_path / "city"))
    report = bring_in(city(tmp_path / "city"))
    assert all((change.added, change.changed) == (0, 0) for change in report.changes)


def test_rows_are_updated_by_key_and_it_says_what_changed(tmp_path, bring_in, database):
    bring_in(city(tmp_path / "city"))
    report = bring_in(
        city(
            tmp_path / "city",
            transformer_areas=["TQ1,棉纺#1公变,F01,CD01,public,500,310"],
            customers=[FILES["customers"][1].replace("19900007716", "19900007717")],
            bills=["3699246192,2026-12,310,,,180.00,2,2027-01-25,2027-01-20"],
        )
    )
    changed = {change.file: change.details for change in report.changes if change.changed}
    assert changed == {
        "transformer_areas.csv": ("TQ1：households 300 → 310",),
        "customers.csv": ("369***6192：phone、phone_index",),
        "bills.csv": ("369***6192 2026-12：paid_on",),
    }
    with database.reading() as session:
        assert session.get_one(TransformerArea, "TQ1").households == 310
        assert _count(session, TransformerArea) == 2
        assert _count(session, Customer) == 2
        assert _count(session, Bill) == 2
        assert registry_version(session) == 2
    assert "19900007717" not in render(report)


def test_rows_refer_to_what_the_database_has(tmp_path, bring_in):
    bring_in(city(tmp_path / "city"))
    report = bring_in(
        city(
            tmp_path / "city",
            stations=[],
            communities=[],
            customers=[],
            bills=["3699246192,2026-11,1,,,1.00,1,,"],
        )
    )
    assert report.faults == ()


def test_rows_that_stay_count_in_the_checks(tmp_path, bring_in):
    bring_in(city(tmp_path / "city"))
    report = bring_in(
        city(tmp_path / "city", transformer_areas=["TQ3,三,F01,CD01,public,400,9900"])
    )
    assert [(f.file, f.row, f.column) for f in report.faults] == [
        ("grids.csv", 2, "household_limit")
    ]


def test_aliases_follow_the_file_and_learned_ones_stay(tmp_path, bring_in, database):
    bring_in(city(tmp_path / "city"))
    with database.scope() as session:
        session.add(CommunityAlias(alias="老棉纺", community_code="C001", is_learned=True))
    rows = ["C001,棉纺一厂宿舍,一棉;老棉纺;棉一,estate,棉纺路12号,29.7,115.9,吴主任 19900008045"]
    report = bring_in(city(tmp_path / "city", communities=rows))
    with database.reading() as session:
        query = sa.select(CommunityAlias.alias, CommunityAlias.community_code)
        aliases = {tuple(row) for row in session.execute(query)}
    assert aliases == {("老棉纺", "C001"), ("一棉", "C001"), ("棉一", "C001"), ("莲溪", "C002")}
    assert next(c for c in report.changes if c.file == "communities.csv").changed == 1


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path, bring_in):
    folder = city(tmp_path / "city")
    for file in folder.iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert bring_in(folder).faults == ()


def test_a_workbook_is_as_good_as_the_files(tmp_path, bring_in):
    bring_in(city(tmp_path / "city"))
    report = bring_in(workbook(tmp_path / "city.xlsx"))
    assert report.faults == ()
    assert all((change.added, change.changed) == (0, 0) for change in report.changes)


def test_numbers_that_a_workbook_rounded_are_refused(tmp_path, bring_in):
    path = workbook(tmp_path / "city.xlsx")
    book = load_workbook(path)
    sheet = book["customers"]
    sheet["A2"] = 3699246192
    sheet["H2"] = 3699001000000074548881
    book.save(path)
    (fault,) = bring_in(path).faults
    assert (fault.file, fault.row, fault.column) == ("customers", 2, "meter_number")


def test_dates_and_times_of_a_workbook_are_read(tmp_path, bring_in, database):
    path = workbook(tmp_path / "city.xlsx")
    book = load_workbook(path)
    book["bills"]["B2"], book["bills"]["H2"] = date(2026, 9, 1), date(2026, 10, 25)
    book["staff"]["G2"] = time(8, 0)
    book["outages"]["D2"] = datetime(2026, 12, 1, 8, 0)  # noqa: DTZ001
    book.save(path)
    assert bring_in(path).faults == ()
    with database.reading() as session:
        starts_at = session.scalars(sa.select(Outage.starts_at)).one()
    assert starts_at.isoformat() == "2026-12-01T08:00:00+08:00"


@pytest.mark.parametrize("content", [b"no archive", b""])
def test_what_is_no_workbook_is_told(content, tmp_path, bring_in):
    path = tmp_path / "city.xlsx"
    path.write_bytes(content)
    assert "打不开" in bring_in(path).faults[0].text


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(tmp_path, bring_in, monkeypatch):
    monkeypatch.setattr("handlers.registry.reading.MAX_UNPACKED_BYTES", 1000)
    assert "太大" in bring_in(workbook(tmp_path / "city.xlsx")).faults[0].text


def test_a_report_lists_faults_with_their_place(tmp_path, bring_in):
    report = bring_in(
        city(tmp_path / "city", grids=["CD01,CD,棉纺网格,1"], groups=with_row("groups"))
    )
    text = render(report)
    assert text.startswith("有 1 处错误，什么都没有导入")
    assert "grids.csv 第2行 household_limit 列：网格 CD01" in text


def test_what_people_cancelled_is_not_planned_again(tmp_path, bring_in, database):
    bring_in(city(tmp_path / "city"))
    with database.scope() as session:
        session.execute(sa.update(Outage).values(state=OutageState.CANCELLED))
    rows = [FILES["outages"][1].replace("线路检修", "换杆")]
    report = bring_in(city(tmp_path / "city", outages=rows))
    assert [change.changed for change in report.changes if change.file == "outages.csv"] == [0]


def test_an_import_that_breaks_half_way_leaves_nothing(tmp_path, bring_in, database, monkeypatch):
    def refuse(desk, rows):
        raise DomainError("停电写不进去。")

    monkeypatch.setattr("handlers.outages.imports.import_rows", refuse)
    (fault,) = bring_in(city(tmp_path / "city")).faults
    assert (fault.file, fault.text) == ("outages.csv", "停电写不进去。")
    with database.reading() as session:
        assert _count(session, Community) == 0
        assert registry_version(session) == 0


@pytest.mark.parametrize("buildings", ["8", ""])
def test_a_building_that_a_kept_row_has_is_told_at_the_new_row(buildings, tmp_path, bring_in):
    bring_in(city(tmp_path / "city"))
    areas = with_row("transformer_areas", "TQ3,三,F01,CD01,public,400,100")
    rows = [f"C001,TQ3,{buildings}"]
    (fault,) = bring_in(
        city(tmp_path / "city", transformer_areas=areas, community_areas=rows)
    ).faults
    assert (fault.file, fault.row) == ("community_areas.csv", 2)
    assert "库里已有" in fault.text
