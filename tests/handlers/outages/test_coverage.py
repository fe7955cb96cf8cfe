"""Every household is told or listed as not told, before and after."""

from datetime import timedelta

from handlers.grid.models import CommunityArea
from handlers.outages import phoning, service, targeting
from handlers.outages.coverage import coverage, seen, visit_tasks
from notifier.models import OutboxState
from tests.handlers.outages.conftest import columns, customer, deliver, group, outbox, resident


def _adds_up(found):
    return found["told"] + sum(row["households"] for row in found["untold"]) == found["households"]


def _draft(desk, **facts):
    return service.draft(desk, columns(desk, **facts), by="deng")[0]


def test_a_preview_counts_who_would_be_told_and_who_would_not(desk):
    resident(
        desk, "o2", customer(desk, "3699000003", area="TQ0003", community="C002", building="3")
    )
    found = coverage(desk.session, _draft(desk, area_codes=["TQ0001", "TQ0003"])).as_dict()
    assert found["households"] == 400
    assert found["told"] == 201
    assert found["by_channel"] == {
        "customer_group": 200,
        "official_account": 1,
        "phone": 0,
        "liaison": 0,
    }
    assert found["untold"] == [{"community": "莲溪村", "households": 199, "why": "没有住户群"}]
    assert found["deliveries"]["pending"] == 2


def test_nobody_is_told_before_a_message_has_arrived(desk, published):
    outage = published()
    found = coverage(desk.session, outage).as_dict()
    assert found["told"] == 0
    assert found["untold"][0]["why"] == "正在等待发送"
    outbox(desk)[0].state = OutboxState.AWAITING_OWNER
    desk.session.flush()
    found = coverage(desk.session, outage).as_dict()
    assert found["untold"] == [
        {"community": "棉纺一厂宿舍", "households": 200, "why": "群主还没确认发送"}
    ]
    assert found["deliveries"]["awaiting_owner"] == 1
    deliver(desk)
    found = coverage(desk.session, outage).as_dict()
    assert (found["told"], found["untold"]) == (200, [])
    assert found["deliveries"]["sent"] == 1


def test_staff_groups_are_liaison_and_tell_no_household(desk, published):
    group(desk, "W1", channel="wecom_webhook", community_codes=["C002"])
    group(desk, "A1", channel="wecom_appchat", community_codes=["C002"])
    outage = published(area_codes=["TQ0003"])
    deliver(desk)
    found = coverage(desk.session, outage).as_dict()
    assert (found["told"], found["by_channel"]["liaison"]) == (0, 200)
    assert found["untold"][0]["households"] == 200


def test_a_group_of_some_buildings_tells_their_share_only(desk, published):
    for number, building in enumerate(["1", "1", "2", "3"]):
        customer(desk, f"369900000{number}", building=building)
    group(desk, "Q2", community_codes=["C001"], buildings=["1"])
    outage = published()
    deliver(desk, group_code="Q2")
    found = coverage(desk.session, outage).as_dict()
    assert found["told"] == 100
    assert _adds_up(found)


def test_households_are_split_over_communities_by_their_customers(desk):
    desk.session.add(CommunityArea(community_code="C002", area_code="TQ0001", buildings=[]))
    for number in range(3):
        customer(desk, f"369900000{number}")
    customer(desk, "3699000009", community="C002", building="5")
    share = {}
    for cell in targeting.cells(desk.session, ["TQ0001"]):
        share[cell.community_code] = share.get(cell.community_code, 0) + cell.households
    assert share == {"C001": 150, "C002": 50}


def test_without_customers_communities_and_buildings_share_equally(desk):
    desk.session.add(CommunityArea(community_code="C002", area_code="TQ0001", buildings=[]))
    desk.session.flush()
    cells = {
        (c.community_code, c.building): c.households
        for c in targeting.cells(desk.session, ["TQ0001"])
    }
    assert cells == {
        ("C001", "1"): 34,
        ("C001", "2"): 33,
        ("C001", "3"): 33,
        ("C002", ""): 100,
    }


def test_an_area_without_a_community_is_untold_by_its_name(desk, published):
    desk.session.query(CommunityArea).filter_by(area_code="TQ0003").delete()
    outage = published(area_codes=["TQ0003"])
    assert coverage(desk.session, outage).as_dict()["untold"] == [
        {"community": "莲溪村公变", "households": 200, "why": "台区没有对应的小区"}
    ]


def test_told_is_the_union_of_the_channels(desk, published):
    resident(desk, "o1", customer(desk, "3699000001"))
    outage = published()
    deliver(desk)
    found = coverage(desk.session, outage).as_dict()
    assert found["told"] == 200
    assert found["by_channel"]["official_account"] == 1


def test_a_phone_task_counts_once_it_has_its_proof(desk, published):
    home = customer(desk, "3699000003", area="TQ0003", community="C002", building="3")
    home.sensitive = "life_support"
    outage = published(area_codes=["TQ0003"])
    assert coverage(desk.session, outage).told == 0
    (task,) = phoning.tasks_of(desk, outage)
    phoning.finish(desk, task.id, by="zhou", proof="10:20 家人接听，备用电源充好")
    found = coverage(desk.session, outage)
    assert (found.told, found.by_channel["phone"]) == (1, 1)


def test_the_untold_become_visit_tasks_that_tell_them(desk, published):
    outage = published(area_codes=["TQ0003"])
    (task,) = visit_tasks(desk, outage, seen(desk, outage).untold)
    assert (task.community_code, task.households, task.assignee_userid) == ("C002", 200, "zhou")
    assert visit_tasks(desk, outage, seen(desk, outage).untold) == [task]
    phoning.finish(desk, task.id, by="zhou", proof="村委会广播，14:00")
    found = coverage(desk.session, outage)
    assert (found.told, found.untold) == (200, ())


def test_what_tells_of_the_end_does_not_count_as_told_of_the_outage(desk, published):
    outage = published("fault")
    service.restore(desk, outage, by="he", at=desk.now - timedelta(minutes=1))
    deliver(desk, step="restoration")
    assert coverage(desk.session, outage).told == 0
