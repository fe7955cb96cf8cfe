"""Outages in the console: compose, preview, publish, change, restore; incidents; phone tasks."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot import outage_snapshot
from bot.access import passwords
from handlers.customers.models import Customer
from handlers.grid.models import CommunityGroup, Grid, Staff, TransformerArea
from handlers.outages import incidents, service
from handlers.outages.models import Incident, Outage, PhoneTask
from tests.support.desks import NOW

FORM = {
    "kind": "fault",
    "starts_at": "2026-11-25T10:00",
    "ends_at": "2026-11-25T13:00",
    "reason": "线路跳闸",
    "area": ["TQ0001"],
}


def of(parts, code) -> Outage:
    with parts.database.reading() as session:
        found = session.scalars(sa.select(Outage).where(Outage.outage_code == code)).one()
        session.expunge_all()
        return found


def compose(person, **changes) -> str:
    """The code of a draft."""
    answer = person.post("/outages/new", **(FORM | changes))
    assert answer.status_code == 302, answer.text
    return answer.location.rpartition("/")[2]


def step(person, parts, code, action, **fields):
    version = str(of(parts, code).version)
    return person.post(f"/outages/{code}/{action}", **({"version": version} | fields))


def test_a_draft_shows_who_will_be_told_by_what_words_and_tells_nobody(parts, browser):
    person = browser("deng")
    code = compose(person)
    page = person.get(f"/outages/{code}").text
    assert of(parts, code).state == "draft"
    assert "社区群会收到" in page
    assert "公众号会收到" in page
    assert "户会通知到" in page
    assert "发布，通知 200 户" in page


def test_the_button_does_not_promise_more_than_the_preview(parts, browser):
    with parts.working() as desk:
        desk.session.query(CommunityGroup).update({"owner_userid": ""})
    person = browser("deng")
    page = person.get(f"/outages/{compose(person)}").text
    assert "发布，通知 0 户，另 200 户通知不到" in page
    assert "住户群没有群主，发不出去" in page


def test_the_public_page_is_kept_as_files_that_are_whole(parts, browser):
    person = browser("deng")
    code = compose(person)
    outage_snapshot.keep(parts)
    folder = parts.settings.data_dir / "public"
    assert "棉纺一厂宿舍" not in (folder / "outages.html").read_text(encoding="utf-8")
    step(person, parts, code, "publish")
    outage_snapshot.keep(parts)
    assert "棉纺一厂宿舍" in (folder / "outages.html").read_text(encoding="utf-8")
    kept = json.loads((folder / "outages.json").read_text(encoding="utf-8"))
    assert [item["code"] for item in kept["items"]] == [code]
    assert code in (folder / "outages.rss").read_text(encoding="utf-8")
    assert {path.name for path in folder.iterdir()} == {
        "outages.html",
        "outages.json",
        "outages.rss",
    }


def test_what_is_wrong_is_said_and_what_was_typed_kept(browser):
    answer = browser("deng").post(
        "/outages/new", **(FORM | {"ends_at": "2026-11-25T09:00", "reason": "抢修<急>"})
    )
    assert answer.status_code == 422
    assert "预计送电时间要晚于停电开始时间" in answer.text
    assert 'value="抢修&lt;急&gt;"' in answer.text
    assert 'value="TQ0001" data-households="200" checked' in answer.text


def test_a_late_plan_opens_the_field_for_its_reason(browser):
    plan = {"kind": "planned", "starts_at": "2026-11-27T09:00", "ends_at": "2026-11-27T12:00"}
    answer = browser("deng").post("/outages/new", **(FORM | plan))
    assert answer.status_code == 422
    assert "要提前8天" in answer.text
    assert '<details class="action" open>' in answer.text


def test_published_changed_and_restored(parts, browser):
    person = browser("deng")
    code = compose(person)
    assert step(person, parts, code, "publish").status_code == 302
    assert of(parts, code).state == "under_way"
    later = FORM | {"ends_at": "2026-11-25T15:00"}
    assert step(person, parts, code, "change", **later).status_code == 302
    assert of(parts, code).ends_at.hour == 15
    assert step(person, parts, code, "restore").status_code == 302
    assert of(parts, code).state == "restored"


def test_a_page_out_of_date_changes_nothing(parts, browser):
    person = browser("deng")
    code = compose(person)
    step(person, parts, code, "publish")
    answer = person.post(f"/outages/{code}/change", **(FORM | {"version": "1", "reason": "新原因"}))
    assert answer.status_code == 409
    assert "刚才有人改过" in answer.text
    assert 'value="新原因"' in answer.text


def test_calling_it_off_needs_a_reason(parts, browser):
    person = browser("deng")
    code = compose(person)
    assert step(person, parts, code, "cancel").status_code == 422
    assert step(person, parts, code, "cancel", reason="天气不好").status_code == 302
    assert of(parts, code).state == "cancelled"


@pytest.fixture
def wide(parts):
    """TQ0001 with more households than one person may tell of alone."""
    with parts.database.scope() as session:
        session.get_one(TransformerArea, "TQ0001").households = 3500
        passwords.set_password(session.get_one(Staff, "hu"), "correct-horse")


@pytest.mark.usefixtures("wide")
def test_thousands_are_told_by_two_people_and_a_password(parts, browser):
    leader, head = browser("deng"), browser("hu")
    code = compose(leader)
    assert step(leader, parts, code, "publish", password="x").status_code == 422
    assert step(leader, parts, code, "approve").status_code == 302
    without = step(head, parts, code, "publish")
    assert without.status_code == 422
    assert "再输一次您的登录密码" in without.text
    assert step(head, parts, code, "publish", password="wrong").status_code == 422
    assert step(head, parts, code, "publish", password="correct-horse").status_code == 302


@pytest.mark.usefixtures("wide")
def test_new_words_to_thousands_ask_for_the_password_again(parts, browser):
    head = browser("hu")
    code = compose(browser("deng"))
    step(browser("deng"), parts, code, "approve")
    step(head, parts, code, "publish", password="correct-horse")
    later = FORM | {"ends_at": "2026-11-25T18:00"}
    without = step(head, parts, code, "change", **later)
    assert without.status_code == 422
    assert "再输一次您的登录密码" in without.text
    assert step(head, parts, code, "change", **later, password="wrong").status_code == 422
    assert step(head, parts, code, "change", **later, password="correct-horse").status_code == 302


def test_no_change_turns_a_small_outage_into_a_wide_one(parts, browser):
    person = browser("deng")
    code = compose(person)
    assert step(person, parts, code, "publish").status_code == 302
    with parts.database.scope() as session:
        session.get_one(TransformerArea, "TQ0002").households = 3500
    wider = FORM | {"area": ["TQ0001", "TQ0002"]}
    answer = step(person, parts, code, "change", **wider)
    assert answer.status_code == 409
    assert "另一个人审核" in answer.text


@pytest.mark.usefixtures("wide")
def test_who_approved_cannot_publish(parts, browser):
    head = browser("hu")
    code = compose(head)
    step(head, parts, code, "approve")
    answer = step(head, parts, code, "publish", password="correct-horse")
    assert answer.status_code == 409
    assert "不能是同一个人" in answer.text


def test_a_station_decides_about_its_own_areas(parts, browser):
    assert browser("qiu").post("/outages/new", **FORM).status_code == 403
    code = compose(browser("deng"))
    assert step(browser("qiu"), parts, code, "publish").status_code == 403
    page = browser("qiu").get(f"/outages/{code}").text
    assert "发布，通知" not in page
    assert step(browser("command"), parts, code, "publish").status_code == 302


@pytest.fixture
def suspected(parts) -> int:
    """An incident of TQ0001 that five people reported."""
    with parts.working() as desk:
        for number in range(5):
            incidents.note_report(desk, "TQ0001", {"by": f"openid{number}"})
        return desk.session.scalars(sa.select(Incident)).one().id


def test_a_suspected_outage_is_confirmed(parts, browser, suspected):
    person = browser("deng")
    assert "疑似停电，等您判断" in person.get("/outages").text
    answer = person.post(
        f"/incidents/{suspected}/confirm", ends_at="2026-11-25T12:00", reason="跳闸"
    )
    code = answer.location.rpartition("/")[2]
    assert of(parts, code).state == "under_way"
    assert person.post(f"/incidents/{suspected}/dismiss").status_code == 409


def test_a_suspected_outage_is_dismissed(parts, browser, suspected):
    assert browser("qiu").post(f"/incidents/{suspected}/dismiss").status_code == 403
    assert "可能是停电" not in browser("qiu").get("/outages").text
    assert browser("deng").post(f"/incidents/{suspected}/dismiss").status_code == 302


def test_a_wrong_time_is_said_beside_the_incident(browser, suspected):
    answer = browser("deng").post(
        f"/incidents/{suspected}/confirm", ends_at="2026-11-25T08:00", reason="跳闸查找中"
    )
    assert answer.status_code == 422
    assert 'value="跳闸查找中"' in answer.text


def test_the_link_of_an_alert_leads_to_the_evidence_and_stays(browser, suspected):
    person = browser("deng")
    page = person.get(f"/incidents/{suspected}").text
    assert "可能是停电" in page
    assert page.count("群里报告") == 5
    assert "openid" not in page
    assert "确认停电并发布" in person.get("/incidents").text
    person.post(f"/incidents/{suspected}/dismiss")
    after = person.get(f"/incidents/{suspected}").text
    assert "不是停电：邓班长" in after
    assert "确认停电并发布" not in after
    assert "不是停电" in person.get("/incidents").text


def test_another_stations_incident_is_as_if_it_were_not_there(browser, suspected):
    assert browser("qiu").get(f"/incidents/{suspected}").status_code == 404
    assert "现在没有疑似停电" in browser("qiu").get("/incidents").text
    assert browser("deng").get("/incidents/999").status_code == 404


@pytest.fixture
def task(parts, browser) -> int:
    """A household with life support in a published outage, phoned by 周志强."""
    with parts.database.scope() as session:
        session.add(
            Customer(
                account_index="i1",
                account_number="3600012345678",
                account_tail="5678",
                name="王芳",
                name_index="n1",
                phone="19900002625",
                community_code="C001",
                building="3",
                room="501",
                area_code="TQ0001",
                tariff="residential",
                sensitive="life_support",
            )
        )
    person = browser("deng")
    step(person, parts, compose(person), "publish")
    with parts.database.reading() as session:
        return session.scalars(sa.select(PhoneTask)).one().id


def test_a_phone_task_counts_once_it_has_its_proof(parts, browser, task):
    zhou, liu = browser("zhou"), browser("liu")
    with parts.database.reading() as session:
        code = session.scalars(sa.select(Outage.outage_code)).one()
    assert "19900002625" in zhou.get(f"/outages/{code}").text
    assert "19900002625" not in liu.get(f"/outages/{code}").text
    assert liu.post(f"/phone-tasks/{task}", proof="说了").status_code == 403
    assert zhou.post(f"/phone-tasks/{task}", proof=" ").status_code == 422
    assert zhou.post(f"/phone-tasks/{task}", proof="10:20 家人接听").status_code == 302
    assert zhou.post(f"/phone-tasks/{task}", proof="再说").status_code == 409


def test_who_will_not_be_told_becomes_visits(parts, browser):
    person = browser("deng")
    code = compose(person, area=["TQ0003"])
    assert "没有住户群" in person.get(f"/outages/{code}").text
    assert step(person, parts, code, "visits").status_code == 302
    with parts.database.reading() as session:
        assert session.scalars(sa.select(PhoneTask)).one().community_code == "C002"


def test_the_list_is_the_urgent_first(parts, browser):
    with parts.working() as desk:
        for code, hours in (("TQ0001", 30), ("TQ0002", 0)):
            start = NOW + timedelta(hours=hours)
            raw = {
                "kind": "temporary" if hours else "fault",
                "area_codes": code,
                "starts_at": start,
                "ends_at": start + timedelta(hours=3),
            }
            outage, _ = service.draft(desk, raw, by="deng")
            service.publish(desk, outage, by="deng")
    page = browser("zhou").get("/outages").text
    assert page.index("停电中") < page.index("已发布")
    assert "登记停电" not in page


def test_an_outage_of_no_grid_of_ours_is_nobodys_but_the_centres(parts, browser):
    with parts.database.scope() as session:
        session.add(
            TransformerArea(
                area_code="TQ0900",
                name="化纤#1公变",
                feeder_code="F01",
                grid_code=session.get_one(Grid, "CX01").grid_code,
                kind="public",
                households=50,
            )
        )
    assert browser("deng").post("/outages/new", **(FORM | {"area": ["TQ0900"]})).status_code == 403
    assert compose(browser("qiu"), area=["TQ0900"])


@pytest.mark.usefixtures("wide")
def test_a_draft_shown_again_is_still_a_draft(parts, browser):
    """It asks for no password and does not say that anybody is told."""
    person = browser("deng")
    code = compose(person)
    answer = step(person, parts, code, "change", **(FORM | {"ends_at": "gestern"}))
    assert answer.status_code == 422
    assert "改好并通知" not in answer.text
    assert 'name="password"' not in answer.text
