"""Each fault names file, row and column, says what to do, and nothing is written."""

import pytest
import sqlalchemy as sa

from handlers.grid.models import Station
from tests.handlers.registry.cities import FILES, city, with_row

CUSTOMER = "3699111111,王芳,19900001111,C001,3,101,TQ1,,tiered,1,,0,0"


@pytest.mark.parametrize(
    ("file", "rows", "row", "column", "words"),
    [
        ("grids", ["CD01,XX,棉纺网格,"], 2, "station_code", "XX"),
        ("customers", with_row("customers", CUSTOMER.replace("TQ1", "TQ9")), 4, "area_code", "TQ9"),
        ("groups", ["Q1,群,wecom_webhook,k,,C001;C009,,,"], 2, "community_codes", "C009"),
        ("outages", [FILES["outages"][1].replace("TQ2", "TQ8")], 2, "area_codes", "TQ8"),
        ("bills", ["3699999999,2026-09,1,,,1,1,,"], 2, "account_number", "customers.csv"),
        ("grid_staff", ["CD01,zhou,A,1", "CD01,who,B,0"], 3, "userid", "staff.csv"),
        ("stations", with_row("stations", FILES["stations"][1]), 3, "station_code", "第2行"),
        ("bills", with_row("bills", "3699246192,2026-09,1,,,1,1,,"), 4, "period", "第2行"),
        ("customers", with_row("customers", CUSTOMER.replace("19900001111", "1234")), 4, "phone", "手机号"),
        ("staff", with_row("staff", "he,何亮,12345,repair_crew,CD,1,,"), 5, "phone", "电话"),
        ("customers", with_row("customers", CUSTOMER.replace("3699111111", "369911")), 4, "account_number", "10 位或 13 位"),
        ("bills", ["3699246192,2026-09,abc,,,1,1,,"], 2, "kwh", "abc"),
        ("bills", ["3699246192,2026-13,1,,,1,1,,"], 2, "period", "2026-03"),
        ("bills", ["3699246192,2026-09,1,,,1,4,,"], 2, "tier_reached", "1 到 3"),
        ("customers", with_row("customers", CUSTOMER[:-1] + "1,5"), 4, "", "14 格"),
        ("customers", with_row("customers", CUSTOMER[:-1] + "NaN"), 4, "balance", "数字"),
        ("grids", ["CD01,CD,棉纺网格,499"], 2, "household_limit", "500 户"),
        ("staff", with_row("staff", "he,何亮,19900001234,boss,CD,1,,"), 5, "role", "repair_crew"),
        ("staff", with_row("staff", "he,何亮,19900001234,repair_crew,,1,,"), 5, "station_code", "站"),
        ("staff", with_row("staff", "he,何亮,19900001234,repair_crew,CD,1,08:00,"), 5, "ends", "都填"),
        ("staff", with_row("staff", "he,何亮,19900001234,repair_crew,CD,是,,"), 5, "safety_trained", "0"),
        ("transformer_areas", ["TQ1,一,F01,CD01,shared,500,300", FILES["transformer_areas"][2]], 2, "kind", "dedicated"),
        ("groups", ["Q1,群,qq,k,zhou,C001;C002,,,"], 2, "channel", "wecom_webhook"),
        ("groups", ["Q1,群,wecom_customer_group,k,,C001;C002,,,"], 2, "owner_userid", "群主"),
        ("customers", with_row("customers", CUSTOMER.replace("tiered", "cheap")), 4, "tariff", "tiered_tou"),
        ("outages", [FILES["outages"][1].replace("planned", "party")], 2, "kind", "restriction"),
        ("outages", [FILES["outages"][1].replace("T12:00", "T07:00")], 2, "ends_at", "晚于"),
        ("communities", with_row("communities", "C003,新村,,estate,路,,,"), 4, "community_code", "台区"),
        ("communities", with_row("communities", "C001,新村,,estate,路,,,"), 4, "community_code", "重复"),
        ("community_areas", ["C001,TQ1,1-6", "C001,TQ2,6-9", "C002,TQ2,"], 3, "buildings", "6"),
        ("community_areas", ["C001,TQ1,", "C001,TQ2,6-9", "C002,TQ2,"], 2, "buildings", "TQ2"),
        ("community_areas", ["C001,TQ1,6-1", "C001,TQ2,7", "C002,TQ2,"], 2, "buildings", "从小到大"),
        ("grid_staff", ["CD01,zhou,A,0", "CD01,liu,B,1"], None, "grid_code", "责任人"),
    ],
)  # fmt: skip
def test_a_fault_is_told_where_it_stands(
    file, rows, row, column, words, tmp_path, bring_in, database
):
    report = bring_in(city(tmp_path / "city", **{file: rows}))
    found = [f for f in report.faults if f.column == column and (row is None or f.row == row)]
    assert len(report.faults) == 1, [str(f) for f in report.faults]
    assert found
    assert words in found[0].text
    assert found[0].file == ("grids.csv" if row is None else f"{file}.csv")
    assert report.changes == ()
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Station)) == 0


def test_a_missing_file_is_a_fault(tmp_path, bring_in):
    folder = city(tmp_path / "city")
    (folder / "feeders.csv").unlink()
    (fault,) = bring_in(folder).faults
    assert (fault.file, fault.row) == ("feeders.csv", None)


def test_a_missing_column_is_a_fault(tmp_path, bring_in):
    folder = city(tmp_path / "city")
    (folder / "feeders.csv").write_text("feeder_code,name\nF01,线\n", encoding="utf-8")
    (fault,) = bring_in(folder).faults
    assert (fault.file, fault.column) == ("feeders.csv", "substation")


def test_two_communities_cannot_have_one_name(tmp_path, bring_in):
    rows = with_row("communities", "C003,莲溪村,,village,路,,,")
    areas = with_row("community_areas", "C003,TQ2,")
    (fault,) = bring_in(city(tmp_path / "city", communities=rows, community_areas=areas)).faults
    assert (fault.file, fault.row, fault.column) == ("communities.csv", 4, "name")


def test_all_faults_are_told_at_once(tmp_path, bring_in):
    report = bring_in(
        city(
            tmp_path / "city",
            grids=["CD01,XX,棉纺网格,1"],
            staff=with_row("staff", "he,何亮,123,boss,CD,2,,"),
        )
    )
    places = [(f.file, f.row, f.column) for f in report.faults]
    assert places == [
        ("grids.csv", 2, "station_code"),
        ("grids.csv", 2, "household_limit"),
        ("staff.csv", 5, "phone"),
        ("staff.csv", 5, "role"),
        ("staff.csv", 5, "safety_trained"),
    ] or sorted(places) == sorted(set(places))
    assert len(places) == 5


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path, bring_in):
    folder = city(tmp_path / "city")
    text = 'feeder_code,name,substation\nF01,10kV 棉纺线,"110kV\n塔岭变"\n\n,无编号线,变\n'
    (folder / "feeders.csv").write_text(text, encoding="utf-8")
    (fault,) = bring_in(folder).faults
    assert (fault.row, fault.column) == (4, "feeder_code")


def test_a_file_in_another_encoding_is_told(tmp_path, bring_in):
    folder = city(tmp_path / "city")
    (folder / "feeders.csv").write_bytes("feeder_code,name,substation\nF01,线,变\n".encode("gbk"))
    (fault,) = bring_in(folder).faults
    assert "UTF-8" in fault.text


def test_a_path_that_is_not_there_is_told(tmp_path, bring_in):
    assert "找不到" in bring_in(tmp_path / "nowhere").faults[0].text
    assert "找不到" in bring_in(tmp_path / "nowhere.xlsx").faults[0].text
