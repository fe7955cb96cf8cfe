"""A report on its way through the tree: what the ticket keeps, and that the table decides."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from config.toml import BUILT_IN, read
from config.triage import Triage
from handlers.customers.models import Resident
from handlers.outages.models import Kind, Outage, OutageArea, OutageState
from handlers.routes import ROUTES
from handlers.tickets import service
from handlers.tickets.models import Ticket, TicketEvent
from notifier.models import OutboxMessage
from tests.support.talk import Talk

TEXT = (BUILT_IN / "triage.toml").read_text(encoding="utf-8")
HEARD = """
[nodes.sound]
recall = "heard"
next = { yes = "bang", no = "whole_area", skipped = "whole_area", none = "whole_area" }

[nodes.heard]
ask = "停电前听到响声吗？"
options = [{ value = "yes", label = "听到" }, { value = "no", label = "没听到" }]
next = { yes = "phone_known", no = "phone_known", skipped = "phone_known" }

[nodes.what]"""
HOME = {"community": "棉纺一厂宿舍", "address": "3栋501"}


@dataclass(frozen=True)
class LifeSupport:
    kind: str = "life_support"
    is_p0: bool = True


@pytest.fixture
def talk(desk):
    seen = desk.now
    desk.session.add(Resident(openid="o1", first_seen_at=seen, last_seen_at=seen))
    desk.session.flush()
    return Talk(desk, "report_outage")


def report(talk, text="棉纺一厂宿舍3栋501没电了", **entities):
    return talk.says(text, **(HOME | entities)).render()


def ticket(desk):
    return desk.session.query(Ticket).one()


def sorted_as(desk):
    return ticket(desk).fields["triage"]["leaf"]


def with_tree(desk, tmp_path, *changes):
    """The desk with the built-in tree changed as an operator would."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (tmp_path / "triage.toml").write_text(text, encoding="utf-8")
    tree = read("triage.toml", tmp_path, Triage)
    desk.tables = replace(desk.tables, triage=tree)


def out_since(desk, hours=1):
    """An outage of TQ0001 (buildings 1 to 3) that is on."""
    outage = Outage(
        outage_code="TD1",
        kind=Kind.FAULT,
        state=OutageState.UNDER_WAY,
        starts_at=desk.now - timedelta(hours=hours),
        ends_at=desk.now + timedelta(hours=2),
        reason="电缆烧坏",
        created_at=desk.now,
    )
    outage.areas = [OutageArea(area_code="TQ0001")]
    desk.session.add(outage)
    desk.session.flush()


def test_the_ticket_keeps_version_leaf_and_reason_before_anything_is_answered(desk, talk):
    report(talk)
    assert ticket(desk).fields["triage"] == {
        "version": desk.tables.triage.version,
        "leaf": "unclear",
        "reason": "范围不明，无已知停电，未见欠费",
    }
    event = desk.session.query(TicketEvent).filter_by(action="triage").one()
    assert not event.is_public
    assert event.facts["path"][:3] == ["contacts=no", "open_ticket=no", "community=told"]
    assert "file=new" in event.facts["path"]


@pytest.mark.parametrize(
    ("answers", "leaf", "said"),
    [
        (("1", "没跳", "没有", "跳过"), "service_line", "都记下了"),
        (("1", "推上又跳", "跳过"), "inside_fault", "都记下了"),
        (("1", "4", "跳过"), "maybe_arrears", "都记下了"),
        (("1", "不会看", "没有", "19900004321"), "one_home", "都记下了"),
        (("1", "2"), "self_fixed", "已撤销"),
        (("2", "没有", "跳过"), "many_homes", "都记下了"),
        (("3", "跳过"), "whole_area", "都记下了"),
        (("4", "跳过"), "unclear", "都记下了"),
    ],
)
def test_each_way_of_answering_ends_at_its_leaf(desk, talk, answers, leaf, said):
    report(talk)
    for answer in answers:
        last = talk.says(answer).render()
    assert said in last
    assert sorted_as(desk) == leaf
    assert ticket(desk).state == ("cancelled" if leaf == "self_fixed" else "assigned")


def test_who_tripped_again_is_told_at_once_to_leave_it(desk, talk):
    report(talk)
    assert "只推一次" in talk.says("只有我家").render()
    said = talk.says("推上又跳").render()
    assert "别再推了" in said
    assert "手机号" in said
    assert ticket(desk).fields["breaker"] == "again"


def test_mending_an_answer_changes_the_leaf(desk, talk):
    report(talk)
    for answer in ("2", "没有", "改范围", "1", "没跳"):
        talk.says(answer)
    assert sorted_as(desk) == "service_line"


def test_solar_told_in_the_first_message_is_not_asked_and_stands_on_the_first_card(desk, talk):
    report(talk, "棉纺一厂宿舍3栋501没电了，屋顶装了光伏")
    assert ticket(desk).has_generation
    card = desk.session.query(OutboxMessage).filter_by(kind="ticket_opened").one()
    assert ["注意", "有光伏/发电机，防反送电"] in card.payload["card"]["rows"]
    assert "光伏" not in talk.says("2").render()


def test_the_reason_stands_on_the_card_and_in_its_words(desk, talk):
    report(talk, "棉纺一厂宿舍3栋整栋楼没电", scope="building")
    card = desk.session.query(OutboxMessage).filter_by(kind="ticket_opened").one()
    assert ["分诊", "整栋或多户没电：查公用线路、表箱总开关"] in card.payload["card"]["rows"]
    assert "分诊：整栋或多户没电" in card.payload["text"]


def test_low_voltage_and_faults_are_sorted_too(desk):
    Talk(desk, "report_fault").says("棉纺一厂宿舍3栋501灯一闪一闪的", **HOME)
    assert sorted_as(desk) == "voltage"


def test_the_same_report_again_needs_no_place_and_no_second_ticket(desk, talk):
    report(talk)
    talk.memory.clear()
    said = talk.says("怎么还没电啊").render()
    assert "棉纺一厂宿舍3栋501的停电报修已经在办" in said
    assert "要是别的地方" in said
    assert ticket(desk).contact_count == 2


def test_another_place_is_another_ticket(desk, talk):
    report(talk)
    talk.memory.clear()
    talk.says("莲溪村2组也没电了", community="莲溪村", address="2组")
    assert desk.session.query(Ticket).count() == 2


def test_the_fourth_contact_goes_to_a_person_and_the_ticket_says_why(desk, talk):
    report(talk)
    for _ in range(2):
        talk.memory.clear()
        talk.says("怎么还没电")
    talk.memory.clear()
    assert "不再让您跟我绕了" in talk.says("没电没电").render()
    last = desk.session.query(TicketEvent).filter_by(action="triage").all()[-1]
    assert (last.facts["leaf"], sorted_as(desk)) == ("often", "unclear")


def test_a_life_told_before_the_place_is_still_p0_when_the_place_is_told(desk, talk):
    out_since(desk)
    message = talk.says
    talk.route = lambda turn, desk: ROUTES["report_outage"](
        replace(turn, danger=LifeSupport() if turn.is_fresh else None), desk
    )
    assert "备用电源" in message("家里停电了，老人用呼吸机").render()
    message("棉纺一厂宿舍", community="棉纺一厂宿舍")
    message("3栋501", address="3栋501")
    assert ticket(desk).priority == "P0"


def test_a_life_told_later_raises_the_open_ticket_and_calls_the_crew(desk, talk):
    report(talk)
    talk.memory.clear()
    desk.session.query(OutboxMessage).delete()
    talk.route = lambda turn, desk: ROUTES["report_outage"](
        replace(turn, danger=LifeSupport()), desk
    )
    report(talk, "我爸的呼吸机没电了")
    assert ticket(desk).priority == "P0"
    assert desk.session.query(OutboxMessage).filter_by(kind="ticket_page").count() == 2


def test_a_ticket_that_has_ended_takes_no_more_answers(desk, talk):
    report(talk)
    service.cancel(desk, ticket(desk), by="zhou", text="误报")
    assert "已撤销" in talk.says("1").render()


def test_editing_the_table_changes_the_order(desk, talk, tmp_path):
    with_tree(
        desk,
        tmp_path,
        (
            'check = "only_mine"\nnext = { yes = "home", no = "community_outage" }',
            'check = "only_mine"\nnext = { yes = "home", no = "where" }',
        ),
        (
            '[nodes.community_outage]\ncheck = "known_outage"\nnext = { yes = "known_outage", no = "building" }\n',
            "",
        ),
        ('[nodes.building]\ncheck = "building"\nnext = { told = "building_outage" }\n', ""),
        (
            '[nodes.building_outage]\ncheck = "known_outage"\nnext = { yes = "known_outage", no = "arrears" }\n',
            "",
        ),
        (
            '[leaves.known_outage]\nends = "outage"\nreason = "已知停电范围内，不派单，来电时通知"\n',
            "",
        ),
    )
    out_since(desk)
    assert "单号" in report(talk), "the edited tree does not look for known outages"


def test_the_built_in_order_tells_the_known_outage(desk, talk):
    out_since(desk)
    assert "电缆烧坏" in report(talk)
    assert desk.session.query(Ticket).count() == 0


def test_a_question_added_in_the_table_is_asked_and_kept(desk, talk, tmp_path):
    with_tree(
        desk,
        tmp_path,
        ('version = "2026-11-26"', 'version = "2026-12-01"'),
        ('community = "whole_area", unknown', 'community = "sound", unknown'),
        (
            "[nodes.what]",
            HEARD,
        ),
        (
            'building = "generation", community = "phone_known"',
            'building = "generation", community = "heard"',
        ),
        (
            "[leaves.unclear]",
            '[leaves.bang]\nends = "crew"\nreason = "有响声：查变压器"\n\n[leaves.unclear]',
        ),
    )
    report(talk)
    assert "听到响声" in talk.says("3").render()
    talk.says("听到")
    assert ticket(desk).fields["heard"] == "yes"
    assert ticket(desk).fields["triage"] == {
        "version": "2026-12-01",
        "leaf": "bang",
        "reason": "有响声：查变压器",
    }
