"""The table of applications: complete, consistent, and refused where it is not."""

import pytest

from config import tables
from config.services import Services, fits
from config.toml import TableError, read

SERVICES = tables.load().services


def test_every_situation_has_a_way_from_acceptance_on():
    for name, service in SERVICES.by_intent.items():
        rows = [row for row in service.stages if fits(row.when, {})]
        assert rows, name
        assert all(row.within is not None for row in rows[:1]), name


def test_choices_can_be_told_apart():
    for service in SERVICES.by_intent.values():
        for question in service.questions:
            labels = [option.label for option in question.options]
            assert len(set(labels)) == len(labels)
            assert not question.ask or question.reads or len(labels) >= 2


def test_every_service_names_its_source():
    assert all(service.source for service in SERVICES.by_intent.values())


def test_a_condition_on_an_unknown_question_is_refused(tmp_path):
    text = (
        'draft_days = 1\nremind_after = "2wd"\nmax_reminders = 1\n'
        '[by_intent.apply_pv]\ntitle = "t"\ncategory = "pv"\nsource = "s"\nquestions = []\n'
        '[[by_intent.apply_pv.stages]]\nname = "受理"\nwhen = { colour = ["red"] }\n'
    )
    (tmp_path / "services.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match="colour"):
        read("services.toml", tmp_path, Services)
