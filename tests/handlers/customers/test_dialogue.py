"""Binding in as few messages as it takes, and no number for a stranger."""

import pytest

from handlers.customers import dialogue, service, welcome
from handlers.customers.models import Resident
from handlers.dialogue.turn import Door, Inbound, InboundKind, Turn
from nlu.understanding import Request
from tests.support.desks import NOW
from tests.support.talk import Talk, arrival, seen

ACCOUNT, OTHER = "3699246192", "3699000215216"


def _bound(talk):
    return [one.account_number for one in service.bound(talk.desk, talk.openid)]


def _bind(talk, account=ACCOUNT):
    service.bind(talk.desk, talk.openid, service.find_by_account(talk.desk, account))


def test_binding_asks_for_the_number_then_for_the_proof(talk):
    assert "户号" in talk.says("绑定户号").text
    asked = talk.says(ACCOUNT, account_number=ACCOUNT)
    assert "户主全名" in asked.text
    assert "解绑" in asked.text  # what consent means is said before it is given
    done = talk.says("张建国")
    assert done.is_final
    assert "369***6192" in done.text
    assert "棉纺一厂宿舍3栋" in done.text
    assert "尾号7716" in done.text
    assert _bound(talk) == [ACCOUNT]


def test_one_message_with_all_in_it_binds(talk):
    said = f"绑定{ACCOUNT}，户主张建国"
    done = talk.says(said, account_number=ACCOUNT, person="张建国")
    assert done.is_final
    assert _bound(talk) == [ACCOUNT]


def test_the_number_may_come_spaced_and_without_the_engines_help(talk):
    talk.says("绑定户号")
    talk.says("3699 246 192")
    talk.says("户主叫张建国")
    assert _bound(talk) == [ACCOUNT]


def test_a_number_that_is_too_short_is_asked_again(talk):
    talk.says("绑定户号")
    assert "少了一位" in talk.says("36992461").text


def test_a_wrong_name_may_be_mended_and_says_how_many_tries_are_left(talk):
    talk.says("绑定户号", account_number=ACCOUNT)
    wrong = talk.says("李四")
    assert not wrong.is_final
    assert "4次" in wrong.text
    assert talk.says("19900007716", phone="19900007716").is_final
    assert _bound(talk) == [ACCOUNT]


def test_a_wrong_number_may_be_mended(talk):
    talk.says("绑定户号", account_number="3699246193")
    talk.says("张建国")
    assert "请发户号" in talk.says("改户号").text
    talk.says(ACCOUNT, account_number=ACCOUNT)
    talk.says("张建国")
    assert _bound(talk) == [ACCOUNT]


def test_a_sentence_is_no_proof_and_costs_no_try(talk):
    talk.says("绑定户号", account_number=ACCOUNT)
    assert "只发户主全名" in talk.says("我不记得户主叫什么了").text
    assert "4次" in talk.says("李四").text


def test_five_wrong_lock_and_the_lock_is_told_at_once(talk):
    talk.says("绑定户号", account_number=ACCOUNT)
    for name in ("李一", "李二", "李三", "李四"):
        talk.says(name)
    locked = talk.says("李五")
    assert locked.is_final
    assert "锁" in locked.text
    assert "锁" in talk.says("绑定户号").text
    assert _bound(talk) == []


def test_what_is_bound_is_not_bound_again(talk):
    _bind(talk)
    assert "不用再绑" in talk.says("绑定", account_number=ACCOUNT).text


def test_the_bound_are_told_what_they_have_and_may_add(talk):
    _bind(talk)
    opened = talk.says("绑定户号")
    assert "369***6192 棉纺一厂宿舍3栋" in opened.text
    talk.says(OTHER, account_number=OTHER)
    done = talk.says("李梅")
    assert "一共绑了2个" in done.text
    assert _bound(talk) == [ACCOUNT, OTHER]


def test_what_is_bound_is_listed_on_request(talk):
    assert "还没有" in talk.says("我绑定了哪些户号").text
    _bind(talk)
    assert "369***6192" in talk.says("我绑定了哪些户号").text


@pytest.mark.parametrize("answer", ["1", "解绑", "是的", "要"])
def test_unbinding_the_only_account_asks_once(talk, answer):
    _bind(talk)
    assert "要解绑" in talk.says("解绑").text
    assert "已解绑" in talk.says(answer).text
    assert _bound(talk) == []


@pytest.mark.parametrize("answer", ["2", "不", "不解绑"])
def test_unbinding_can_be_declined(talk, answer):
    _bind(talk)
    talk.says("解绑")
    assert talk.says(answer).text == dialogue.KEPT
    assert _bound(talk) == [ACCOUNT]


def test_one_of_several_is_chosen_for_unbinding(talk):
    _bind(talk)
    _bind(talk, OTHER)
    asked = talk.says("我要解绑户号")
    assert len(asked.choices) == 4
    talk.says("2")
    assert _bound(talk) == [ACCOUNT]


def test_all_are_unbound_at_once_or_one_by_its_number(talk):
    _bind(talk)
    _bind(talk, OTHER)
    talk.says(f"解绑{OTHER}", account_number=OTHER)
    assert _bound(talk) == [ACCOUNT]
    _bind(talk, OTHER)
    talk.says("解绑")
    talk.says("都解绑")
    assert _bound(talk) == []


def test_nothing_bound_is_nothing_to_unbind(talk):
    assert "还没有绑定" in talk.says("解绑").text


def test_unbinding_in_the_middle_of_binding_is_understood(talk):
    _bind(talk)
    talk.says("绑定户号")
    assert "要解绑" in talk.says("解绑").text
    talk.says("1")
    assert _bound(talk) == []


def test_a_parents_code_binds_for_the_child(talk, desk):
    _bind(talk)
    told = talk.says("给我女儿一个授权码")
    code = told.text.split("授权码：")[1][:8]
    seen(desk, arrival("child"))
    child = Talk(desk, "bind_account", "child")
    child.says("绑定户号", account_number=ACCOUNT)
    assert child.says(code).is_final
    assert _bound(child) == [ACCOUNT]


def test_a_group_gets_no_personal_business(desk):
    came = Inbound(Door.AIBOT, "u1", "k", InboundKind.TEXT, NOW, "绑定户号", chat_id="g1")
    turn = Turn(came, Request("bind_account", 1.0, "绑定户号"), NOW, {})
    assert dialogue.bind_account(turn, desk).text == dialogue.PRIVATE
    assert "3699" not in dialogue.find_account(turn, desk).text


def test_who_has_not_bound_learns_where_numbers_are_found(talk):
    told = talk.says("帮我查户号，我叫张建国，电话19900007716", "find_account", person="张建国", phone="19900007716")  # fmt: skip
    assert told.is_final
    assert "缴费短信" in told.text
    assert "6192" not in told.text


def test_who_has_bound_reads_the_own_number(talk):
    _bind(talk)
    assert ACCOUNT in talk.says("我户号多少", "find_account").text


def test_real_name_trouble_is_explained(talk):
    assert "过户" in talk.says("实名认证通不过", "find_account").text


def test_the_nearest_hall_is_named_where_the_home_is_known(talk):
    welcome.greet(talk.desk, "o1", "community_C001")
    assert "建设东路118号" in talk.says("户号在哪看", "find_account").text


def test_a_follower_is_told_what_the_account_can_do(desk):
    text = welcome.greet(desk, "o1").text
    assert "报修" in text
    assert "95598" in text
    assert len(text.encode()) < 2048


def test_a_communitys_code_binds_the_community_and_names_its_manager(desk):
    text = welcome.greet(desk, "o1", "community_C001").text
    assert "棉纺一厂宿舍" in text
    assert "周志强" in text
    assert desk.session.get(Resident, "o1").community_code == "C001"
    assert len(text.encode()) < 2048


def test_a_code_of_no_community_still_greets(desk):
    assert "还没登记" in welcome.greet(desk, "o1", "community_X").text
    assert "报修" in welcome.greet(desk, "o1", "community_X").text


def test_the_menu_of_services_is_told_in_words(desk):
    assert "充电桩" in welcome.services(desk).text


def test_who_is_asked_for_the_number_and_does_not_know_it_is_helped(talk):
    talk.says("绑定户号")
    helped = talk.says("查户号")
    assert not helped.is_final
    assert "缴费短信" in helped.text
    assert "户主全名" in talk.says(ACCOUNT, account_number=ACCOUNT).text


def test_the_answers_of_binding_are_no_other_wishes(talk):
    talk.says("绑定户号")
    assert {"account_number", "person", "phone"} <= set(talk.memory["form"]["answered_by"])
