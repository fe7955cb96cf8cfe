"""The table of deadlines: spans as they are written, and every category has its row."""

import pytest

from config.sla import SlaTable, Span, Stage, Unit, parse_span
from config.tables import load
from config.toml import BUILT_IN, TableError, read
from handlers.tickets.models import Category

SLA = read("sla.toml", None, SlaTable)


def test_every_category_has_a_row_that_names_its_promise():
    assert set(SLA.categories) == set(Category)
    assert all(row.basis for row in SLA.categories.values())


def test_spans_are_written_as_a_number_and_a_unit():
    assert parse_span("45min") == Span(45, Unit.MINUTES)
    assert parse_span("5wd") == Span(5, Unit.WORKING_DAYS, "office")
    assert parse_span("8wh@hall") == Span(8, Unit.WORKING_HOURS, "hall")
    assert parse_span("promise").unit == Unit.PROMISE


@pytest.mark.parametrize("text", ["5 days", "0min", "wd", "", 45, "-3h"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="write a span as"):
        parse_span(text)


def test_a_wrong_span_names_file_and_key(tmp_path):
    text = (BUILT_IN / "sla.toml").read_text(encoding="utf-8")
    wrong = text.replace('reply = "20wd"', 'reply = "soon"')
    (tmp_path / "sla.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(TableError, match=r"sla\.toml: categories\.pv\.reply: .*soon"):
        read("sla.toml", tmp_path, SlaTable)


def test_an_operators_table_replaces_the_built_in_one(tmp_path):
    text = (BUILT_IN / "sla.toml").read_text(encoding="utf-8")
    changed = text.replace("remote_places = []", 'remote_places = ["C002"]')
    (tmp_path / "sla.toml").write_text(changed, encoding="utf-8")
    assert read("sla.toml", tmp_path, SlaTable).arrival.remote_places == {"C002"}


def test_a_close_account_variant_replaces_only_the_stage_it_names():
    account = SLA.categories["account"].spans()
    fitting = [row for row in SLA.variants if row.fits("account", "close_account", {})]
    assert [row.spans() for row in fitting] == [{Stage.REPLY: Span(8, Unit.WORKING_DAYS, "office")}]
    assert account[Stage.FIRST_CONTACT] == Span(1, Unit.WORKING_DAYS, "office")


def test_a_calendar_that_does_not_exist_stops_the_start(tmp_path):
    text = (BUILT_IN / "sla.toml").read_text(encoding="utf-8")
    (tmp_path / "sla.toml").write_text(text.replace('"20wd"', '"20wd@moon"'), encoding="utf-8")
    with pytest.raises(TableError, match=r"calendars\.moon"):
        load(tmp_path)
