"""「停电 …」 as staff write it."""

from datetime import timedelta

import pytest

from handlers.errors import DomainError, NotAllowedError, NotFoundError
from handlers.grid.models import Staff
from handlers.outages import commands, service
from handlers.outages.models import Outage, OutageState
from tests.handlers.outages.conftest import columns


def _says(desk, text, userid="command"):
    return commands.answer(desk, userid, text)


def test_alone_it_lists_what_is_off_and_coming(desk, published):
    assert "现在没有停电" in _says(desk, "停电")
    outage = published("fault")
    assert outage.outage_code in _says(desk, "停电")


def test_a_place_shows_its_outages(desk, published):
    published("fault")
    assert "停电中" in _says(desk, "停电 一棉宿舍")
    assert "没有停电" in _says(desk, "停电 莲溪村")


def test_a_code_shows_how_many_are_told(desk, published):
    outage = published("fault")
    assert "影响200户，已通知0户" in _says(desk, f"停电 {outage.outage_code}")


def test_a_fault_is_published_in_one_line(desk):
    said = _says(desk, "停电 故障 TQ0001 TQ0002 13:30 电缆烧坏")
    assert "停电中" in said
    outage = service.get(desk, "TD2026112501")
    assert (outage.reason, f"{outage.ends_at:%H:%M}") == ("电缆烧坏", "13:30")
    assert {area.area_code for area in outage.areas} == {"TQ0001", "TQ0002"}


def test_delay_restore_and_cancel_take_a_code_and_a_time(desk, published):
    outage = published("fault")
    _says(desk, f"停电 延迟 {outage.outage_code} 20:00")
    assert f"{outage.ends_at:%H:%M}" == "20:00"
    _says(desk, f"停电 送电 {outage.outage_code} 9:58")
    assert (outage.state, f"{outage.restored_at:%H:%M}") == (OutageState.RESTORED, "09:58")
    plan = published()
    _says(desk, f"停电 取消 {plan.outage_code}")
    assert plan.state == OutageState.CANCELLED


def test_a_draft_is_reviewed_and_published(desk):
    outage, _ = service.draft(desk, columns(desk), by="deng")
    _says(desk, f"停电 审核 {outage.outage_code}", "hu")
    _says(desk, f"停电 发布 {outage.outage_code}")
    assert outage.state == OutageState.PUBLISHED


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("停电 送电", DomainError),
        ("停电 送电 TD209901", NotFoundError),
        ("停电 故障 修电缆", DomainError),
        ("停电 外星人", NotFoundError),
    ],
)
def test_what_is_missing_is_said(desk, text, error):
    with pytest.raises(error):
        _says(desk, text)


def test_who_may_not_publish_is_told_who_may(desk):
    with pytest.raises(NotAllowedError):
        _says(desk, "停电 故障 TQ0001", "zhou")
    assert "停电 小区名" in _says(desk, "停电 帮助", "zhou")


def test_a_time_that_is_past_means_tomorrow(desk, published):
    outage = published("fault")
    _says(desk, f"停电 延迟 {outage.outage_code} 08:00")
    assert outage.ends_at == desk.now.replace(hour=8) + timedelta(days=1)


@pytest.mark.parametrize("verb", ["审核", "发布", "延迟", "取消", "送电"])
def test_another_stations_outage_is_not_decided_about(desk, published, verb):
    desk.session.get_one(Staff, "deng").station_code = None
    outage = published("fault")
    with pytest.raises(NotAllowedError, match="指挥中心"):
        _says(desk, f"停电 {verb} {outage.outage_code} 13:30", "deng")
    assert outage.state == OutageState.UNDER_WAY


def test_no_fault_is_published_for_another_stations_areas(desk):
    desk.session.get_one(Staff, "deng").station_code = None
    with pytest.raises(NotAllowedError, match="指挥中心"):
        _says(desk, "停电 故障 TQ0001 13:30 电缆烧坏", "deng")
    assert desk.session.query(Outage).all() == []


@pytest.mark.parametrize("text", ["停电", "停电 帮助", "停电 一棉宿舍", "停电 送电 TD1"])
def test_who_is_not_or_no_longer_registered_reads_and_does_nothing(desk, published, text):
    published("fault")
    desk.session.get_one(Staff, "deng").is_active = False
    for userid in ("nobody", "deng"):
        with pytest.raises(NotAllowedError, match="没有登记"):
            _says(desk, text, userid)


def test_a_userid_in_another_case_is_the_same_person(desk, published):
    assert published("fault").outage_code in _says(desk, "停电", "COMMAND")
