"""Bills and doubts: only for whoever may know, and never without an end."""

import pytest
import sqlalchemy as sa

from handlers.billing.models import Bill
from handlers.customers import service
from handlers.dialogue.turn import Door
from handlers.tickets.models import Category, ShortLink, Ticket
from tests.handlers.billing.households import LI, ZHANG
from tests.support.talk import Talk


def _ticket(talk):
    return talk.desk.session.scalars(sa.select(Ticket).order_by(Ticket.id.desc())).first()


def test_a_bound_resident_reads_the_latest_bill_at_once(talk, zhang):
    told = talk.says("这个月电费多少", "query_bill")
    assert told.is_final
    assert "369***6192" in told.text
    assert "余额249.28元，没有欠费" in told.text
    assert "10月用电182度、109.11元，11月12日已交" in told.text
    assert "峰电94度、谷电88度（谷电占48%）" in told.text
    assert "第二档，2026年累计2313度，离第三档还有1887度" in told.text


def test_the_link_of_the_chart_is_the_residents_own(talk, zhang):
    told = talk.says("电费", "query_bill")
    link = talk.desk.session.scalar(sa.select(ShortLink))
    assert told.link.endswith(link.token)
    assert (link.purpose, link.record, link.openid) == ("bills", str(zhang.id), "o1")


def test_a_period_is_answered_for_itself(talk, zhang):
    assert "8月用电358度" in talk.says("8月电费", "query_bill", period="2026-08").text


def test_an_older_month_tells_the_tier_of_then(talk, zhang):
    told = talk.says("7月和8月", "query_bill", period="2026-07").text
    assert "到7月是第一档，2026年累计1513度" in told


@pytest.mark.parametrize(
    ("period", "words"),
    [("2026-11", "11月的账单要到下个月才出"), ("2025-03", "没有2025年3月的账单")],
)
def test_a_month_without_a_bill_is_said_and_the_latest_shown(talk, zhang, period, words):
    told = talk.says("电费", "query_bill", period=period).text
    assert words in told
    assert "10月用电182度" in told


def test_the_year_is_summed_up(talk, zhang):
    told = talk.says("今年一共用了多少电", "query_bill").text
    assert "2026年1月到10月共用电2313度、电费1290.84元，用得最多的是8月（358度）" in told


def test_arrears_come_with_their_months_due_day_and_fee(talk, li):
    told = talk.says("我还欠多少钱", "query_bill").text
    assert "欠费240.00元（9月、10月电费），10月25日已到期，违约金约5.58元" in told
    assert "因欠费停电" in told


def test_several_accounts_are_asked_apart(talk, zhang, li):
    asked = talk.says("查电费", "query_bill")
    assert len(asked.choices) == 2
    assert "莲溪村" in talk.says("2").text


def test_the_place_named_chooses_among_several_accounts(talk, zhang, li):
    told = talk.says("莲溪村那户电费", "query_bill", community="莲溪村")
    assert told.is_final
    assert "欠费240.00元" in told.text


def test_a_stranger_proves_the_account_first(talk):
    assert "户号" in talk.says("查电费", "query_bill").text
    assert "户主全名" in talk.says("3699 246 192").text
    told = talk.says("张建国")
    assert "余额249.28元" in told.text
    assert "绑定户号" in told.text
    assert service.bound(talk.desk, "o1") == []


def test_number_and_name_in_one_message_are_enough(talk):
    told = talk.says(
        "户号3699246192张建国电费多少", "query_bill", account_number=ZHANG, person="张建国"
    )
    assert "余额249.28元" in told.text


def test_nothing_is_told_on_a_wrong_proof(talk):
    talk.says("查电费", "query_bill", account_number=ZHANG)
    told = talk.says("李四")
    assert "还可以试4次" in told.text
    assert "249.28" not in told.text


def test_five_wrong_proofs_end_with_a_person_and_no_figures(talk):
    talk.says("查电费", "query_bill", account_number=ZHANG)
    for name in ("王一", "王二", "王三", "王四"):
        talk.says(name)
    locked = talk.says("王五")
    assert "锁一天" in locked.text
    told = talk.says("棉纺一厂宿舍3栋", community="棉纺一厂宿舍", address="3栋")
    assert told.is_final
    assert _ticket(talk).number in told.text


def test_who_knows_no_number_gets_a_person(talk):
    talk.says("查电费", "query_bill")
    assert "哪个小区" in talk.says("跳过").text
    told = talk.says("莲溪村", community="莲溪村")
    ticket = _ticket(talk)
    assert ticket.number in told.text
    assert (ticket.category, ticket.assignee_userid) == (Category.BILLING, "wan")


def test_proof_is_no_part_of_the_ticket(talk):
    talk.says("电费怎么翻倍了", "dispute_bill")
    talk.says(ZHANG, account_number=ZHANG)
    talk.says("张建国", person="张建国")
    talk.says("2")
    assert _ticket(talk).text == "电费怎么翻倍了"
    assert _ticket(talk).account_number == ZHANG


def test_a_group_hears_of_no_bill(desk, zhang):
    group = Talk(desk, door=Door.AIBOT, chat_id="g1")
    for intent in ("query_bill", "dispute_bill"):
        told = group.says("我家电费多少", intent)
        assert "私聊" in told.text
        assert "249" not in told.text


def test_a_doubt_is_explained_before_anything_is_opened(talk, zhang):
    asked = talk.says("10月电费不对吧", "dispute_bill", period="2026-10")
    assert [choice.label for choice in asked.choices] == ["清楚了", "还是不对，要核查"]
    assert "比9月少78度、少37.74元" in asked.text
    assert _ticket(talk) is None
    assert talk.says("1").is_final
    assert _ticket(talk) is None


@pytest.mark.parametrize("answer", ["2", "不对", "还是不清楚", "我根本没开空调", "凭什么"])
def test_whoever_is_not_convinced_gets_a_check_in_five_working_days(talk, zhang, answer):
    talk.says("8月怎么这么高", "dispute_bill", period="2026-08")
    told = talk.says(answer)
    ticket = _ticket(talk)
    assert ticket.category == Category.BILLING
    assert ticket.fields["kind"] == "dispute"
    assert ticket.fields["period"] == "2026-08"
    assert ticket.fields["amount"] == "195.84"
    assert ticket.number in told.text
    assert "重新抄表" in told.text
    assert "最晚12月2日17:30答复您结果" in told.text


@pytest.mark.parametrize("answer", ["清楚了", "明白了", "好的", "知道了谢谢"])
def test_a_clear_word_ends_it(talk, zhang, answer):
    talk.says("8月怎么这么高", "dispute_bill", period="2026-08")
    assert talk.says(answer).is_final
    assert _ticket(talk) is None


def test_an_empty_home_is_told_what_still_runs(talk, zhang):
    assert "冰箱" in talk.says("没人住怎么还有电费", "dispute_bill").text


def test_an_account_without_bills_is_checked_at_once(talk, li):
    talk.desk.session.execute(sa.delete(Bill))
    told = talk.says("电费不对", "dispute_bill")
    assert _ticket(talk).number in told.text


def test_feed_in_money_goes_to_a_person(talk, zhang):
    told = talk.says("光伏上网电费到账多少了", "query_bill")
    assert _ticket(talk).fields == {"kind": "feed_in"}
    assert _ticket(talk).number in told.text


def test_a_doubt_without_an_account_keeps_the_month(talk):
    talk.says("8月电费太离谱", "dispute_bill", period="2026-08")
    talk.says("没有")
    talk.says("莲溪村", community="莲溪村")
    assert _ticket(talk).fields == {"kind": "dispute", "period": "2026-08"}


def test_a_second_doubt_adds_to_the_open_ticket(talk, zhang, li):
    for period in ("2026-07", "2026-08"):
        talk.says("电费不对", "dispute_bill", period=period, account_number=ZHANG)
        talk.says("2")
    assert talk.desk.session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 1
    assert _ticket(talk).fields["period"] == "2026-08"


def test_another_number_needs_its_own_proof(talk, zhang):
    asked = talk.says("查一下户号的电费", "query_bill", account_number=LI)
    assert "户主全名" in asked.text
    assert "240" not in asked.text


def test_this_month_is_the_bill_that_has_just_come(talk, zhang):
    told = talk.says("这个月电费怎么这么贵", "dispute_bill", period="2026-11").text
    assert "先看10月" in told
    assert "10月用电182度" in told
