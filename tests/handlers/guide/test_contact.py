"""Who looks after a place, where the hall is, whom to call."""

from datetime import timedelta

import pytest

from handlers.customers import places as homes
from handlers.customers.models import Resident
from handlers.grid.models import Staff, StaffLeave, Station
from handlers.guide.contact import opening_hours


def test_the_grid_manager_of_a_named_estate_is_told_with_the_phone(says, desk):
    reply = says("find_contact", "棉纺一厂宿舍的网格经理是谁", community="棉纺一厂宿舍")
    assert "周志强" in reply.text
    assert desk.session.get_one(Staff, "zhou").phone in reply.text


def test_the_place_is_asked_for_and_then_the_manager_is_told(says):
    assert "哪个小区" in says("find_contact", "我们小区的网格经理电话").text
    answer = says("find_contact", "棉纺一厂宿舍", fresh=False, community="棉纺一厂宿舍")
    assert "周志强" in answer.text


def test_where_the_resident_lives_needs_no_asking(says, desk):
    desk.session.add(Resident(openid="wang", first_seen_at=desk.now, last_seen_at=desk.now))
    desk.session.flush()
    homes.remember_place(desk, "wang", "C001")
    assert "周志强" in says("find_contact", "谁管我们这片").text


def test_at_night_the_duty_phone_is_told_too(says, desk):
    desk.now = desk.now.replace(hour=22)
    reply = says("find_contact", "网格经理是谁", community="莲溪村")
    assert "19900003871" in reply.text


def test_who_covers_for_a_manager_on_leave_is_told(says, desk):
    day = timedelta(days=1)
    desk.session.add(StaffLeave(userid="zhou", starts_at=desk.now - day, ends_at=desk.now + day))
    desk.session.flush()
    reply = says("find_contact", "网格经理是谁", community="莲溪村")
    assert "休假" in reply.text
    assert "刘小燕" in reply.text


@pytest.mark.parametrize("text", ["营业厅几点下班", "营业厅在哪", "供电所电话多少", "營業廳喺邊度"])
def test_the_hall_is_told_at_once(says, text):
    reply = says("find_contact", text)
    assert reply.is_final
    assert "建设东路118号" in reply.text
    assert "每天 08:30-17:30" in reply.text


def test_many_halls_are_told_by_place(says, desk):
    desk.session.add_all(
        Station(
            station_code=f"S{number}", name=f"{number}站", address="", phone="1", duty_phone="2",
            hall_hours="",
        )
        for number in range(5)
    )  # fmt: skip
    desk.session.flush()
    assert not says("find_contact", "营业厅在哪").is_final


@pytest.mark.parametrize("text", ["投诉电话多少", "抢修电话", "12398是什么电话", "报修打哪个电话"])
def test_the_hotlines_are_told(says, text):
    reply = says("find_contact", text)
    assert "95598" in reply.text
    assert "12398" in reply.text


def test_a_lineman_is_not_given_away(says):
    reply = says("find_contact", "张师傅电话多少")
    assert reply.is_final
    assert "查进度" in reply.text


def test_a_charging_station_is_looked_up_in_the_app(says):
    assert "找桩充电" in says("find_contact", "附近哪里有充电站").text


def test_an_unknown_place_is_referred_to_the_hotline(says):
    says("find_contact", "我们小区网格经理是谁")
    assert "95598" in says("find_contact", "星海湾四期", fresh=False).text


def test_hall_hours_read_as_at_the_door():
    assert opening_hours("Mon-Fri 08:30-17:00") == "周一至周五 08:30-17:00"
    assert opening_hours("08:30-17:30") == "每天 08:30-17:30"


def test_a_group_is_told_of_its_own_community_never_of_where_the_writer_lives(says, desk):
    desk.session.add(Resident(openid="wang", first_seen_at=desk.now, last_seen_at=desk.now))
    desk.session.flush()
    homes.remember_place(desk, "wang", "C002")
    reply = says("find_contact", "网格经理是谁", chat_id="wrSample0001")
    assert "棉纺一厂宿舍" in reply.text
    assert "莲溪村" not in reply.text
    other = says("find_contact", "网格经理是谁", chat_id="wrOther")
    assert other.is_final
    assert "小区名" in other.text
