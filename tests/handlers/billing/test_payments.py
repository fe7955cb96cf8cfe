"""Paying, prices, invoices, and supply back after a cut."""

import pytest
import sqlalchemy as sa

from handlers.tickets.models import Category, Ticket
from tests.handlers.billing.households import ZHANG
from tests.support.talk import Talk


def _ticket(talk):
    return talk.desk.session.scalars(sa.select(Ticket).order_by(Ticket.id.desc())).first()


def test_how_to_pay_is_answered_at_once_with_what_is_owed(talk, li):
    told = talk.says("怎么交电费", "pay_bill")
    assert told.is_final
    assert "微信" in told.text
    assert "欠费240.00元" in told.text
    assert _ticket(talk) is None


def test_direct_debit_is_answered(talk):
    assert "自动缴费" in talk.says("怎么办代扣", "pay_bill").text


def test_money_that_has_arrived_is_shown_before_a_ticket(talk, zhang):
    asked = talk.says("昨天微信交的没到账", "pay_bill", time="2026-11-24")
    assert "最近到账：10月电费109.11元，11月12日" in asked.text
    assert talk.says("是").is_final
    assert _ticket(talk) is None


def test_money_that_has_not_arrived_is_taken_down_with_its_facts(talk, zhang):
    talk.says("昨天微信交了200没到账", "pay_bill", time="2026-11-24", amount="200")
    told = talk.says("不是")
    ticket = _ticket(talk)
    assert ticket.category == Category.BILLING
    assert ticket.fields == {
        "kind": "not_credited",
        "time": "2026-11-24",
        "amount": "200",
        "channel": "微信",
    }
    assert ticket.number in told.text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("交重了能退吗", "double"),
        ("同一天扣了两笔一模一样的电费", "double"),
        ("户号输错一位，钱充到别人那了", "wrong_account"),
        ("买电的钱没下到表里", "not_on_meter"),
        ("刚交完还提示欠费", "not_credited"),
        ("扣款了但没交成功", "not_credited"),
        ("退电费余额", "refund"),
    ],
)
def test_money_gone_astray_takes_three_messages_of_a_stranger(talk, text, kind):
    assert "哪天交的" in talk.says(text, "pay_bill").text
    talk.says("11月20号微信100，户号" + ZHANG, account_number=ZHANG, amount="100")
    told = talk.says("莲溪村5组", community="莲溪村", address="5组")
    ticket = _ticket(talk)
    assert ticket.fields["kind"] == kind
    assert ticket.fields["amount"] == "100"
    assert ticket.account_number == ZHANG
    assert ticket.number in told.text


def test_a_foreign_number_is_written_down_and_never_looked_into(talk, zhang):
    told = talk.says("给3699000215216交错了", "pay_bill", account_number="3699000215216")
    assert "240" not in told.text


def test_prices_come_with_their_date_and_source(talk):
    told = talk.says("一度电多少钱", "query_price").text
    for word in ("第一档：一年2160度以内，0.60元", "2161–4200度，0.65元", "超过4200度，0.90元"):
        assert word in told
    assert "每年1月1日清零" in told
    assert "2025-01-01起执行" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("谷电几点开始", "谷时22:00到次日08:00"),
        ("充电桩电价", "合表价每度0.62元"),
        ("商铺电价", "一般工商业每度0.72元"),
        ("一户多人口是什么政策", "满5人，每档每月各加100度"),
        ("违约金怎么算", "居民每天1‰"),
        ("房东收一块二，正常应该是几毛", "不能加价"),
        ("合表电价多少", "每度0.62元"),
    ],
)
def test_each_question_about_prices_gets_its_own_answer(talk, text, words):
    told = talk.says(text, "query_price")
    assert told.is_final
    assert words in told.text


def test_an_example_is_counted(talk):
    assert "第一档180.00元" in talk.says("300度多少钱", "query_price", energy="300").text
    assert "每拖1天加0.20元" in talk.says("200块拖半个月违约金多少", "query_price").text


def test_a_bound_resident_learns_the_own_tier(talk, zhang):
    assert "您家：现在是第二档" in talk.says("阶梯电价怎么算", "query_price").text


def test_a_price_not_in_the_tables_is_not_made_up(talk, zhang):
    told = talk.says("农业用电价格", "query_price")
    assert "没有准数" in told.text
    assert _ticket(talk).category == Category.CONSULT


@pytest.mark.parametrize(
    ("text", "title"),
    [("低保户电费减免吗", "低保"), ("光伏上网电价几毛一度", "并网"), ("光伏补贴还有吗", "并网")],
)
def test_what_the_tables_lack_is_answered_from_the_guide(talk, text, title):
    told = talk.says(text, "query_price")
    assert told.is_final
    assert title in told.text
    assert "回「人工」" in told.text
    assert talk.tickets() == []


@pytest.mark.parametrize("text", ["工地用电多少钱一度", "尖峰电价几点到几点", "春节电费便宜吗"])
def test_a_page_that_does_not_speak_of_it_is_no_answer(talk, zhang, text):
    assert "没有准数" in talk.says(text, "query_price").text


def test_an_invoice_is_explained_at_once(talk):
    told = talk.says("开一张电费发票", "request_invoice")
    assert told.is_final
    assert "电子发票" in told.text


def test_paper_is_printed_in_the_hall_near_by(talk, zhang):
    assert "城东供电服务站" in talk.says("打一份纸质电费单", "request_invoice").text


def test_a_special_invoice_goes_to_a_person_at_once(talk, zhang):
    told = talk.says("增值税专用发票怎么开", "request_invoice")
    assert _ticket(talk).number in told.text
    assert _ticket(talk).fields == {"kind": "invoice"}


def test_an_invoice_of_a_stranger_asks_for_all_in_one_message(talk):
    assert "抬头" in talk.says("专票怎么开", "request_invoice").text
    talk.says("户号3699246192，抬头浔江明诚公司", account_number=ZHANG)
    told = talk.says("莲溪村", community="莲溪村")
    assert _ticket(talk).number in told.text
    assert "浔江明诚公司" in _ticket(talk).text


def test_paid_and_cut_starts_the_day_of_reconnection(talk, li):
    told = talk.says("欠费停的电已经交了什么时候送", "request_reconnection")
    ticket = _ticket(talk)
    assert ticket.category == Category.RECONNECTION
    assert ticket.fields["arrears_cut"] == "yes"
    assert ticket.fields["balance"] == "-240.00"
    assert "白色按键" in told.text
    assert "还显示欠240.00元" in told.text
    assert "最晚明天10:00恢复供电" in told.text


def test_whoever_has_not_paid_is_told_what_and_how(talk, li):
    asked = talk.says("欠费停电了怎么恢复", "request_reconnection")
    assert "欠费240.00元" in asked.text
    told = talk.says("还没交")
    assert told.is_final
    assert "生活缴费" in told.text
    assert _ticket(talk) is None


def test_the_answer_that_it_is_paid_opens_the_ticket(talk, li):
    talk.says("欠费停电了怎么恢复", "request_reconnection")
    assert _ticket(talk) is None
    talk.says("1")
    assert _ticket(talk).category == Category.RECONNECTION


def test_a_stranger_who_paid_needs_only_a_place(talk):
    assert "哪个小区" in talk.says("交了钱还没复电", "request_reconnection").text
    told = talk.says("莲溪村5组12号", community="莲溪村", address="5组12号")
    assert _ticket(talk).category == Category.RECONNECTION
    assert _ticket(talk).number in told.text


def test_the_cut_account_is_meant_among_several(talk, zhang, li):
    talk.says("复电，钱交了", "request_reconnection")
    assert _ticket(talk).community_code == "C002"


def test_a_home_that_owes_nothing_has_an_outage(talk, zhang):
    told = talk.says("我家没电是不是忘交电费了", "request_reconnection")
    assert "没有欠费停电" in told.text
    talk.says("1")  # yes, at home
    ticket = _ticket(talk)
    assert (ticket.category, ticket.intent) == (Category.OUTAGE, "report_outage")


def test_a_group_may_ask_for_prices_but_not_for_money(desk, zhang):
    group = Talk(desk, chat_id="g1")
    assert "第一档" in group.says("一度电多少钱", "query_price").text
    assert "249" not in group.says("怎么交电费", "pay_bill").text
    assert "私聊" in group.says("交的钱没到账", "pay_bill").text


def test_a_stranger_proves_the_account_and_needs_no_place(talk):
    talk.says("电费交重了，交了两次", "pay_bill")
    assert "户主全名" in talk.says(ZHANG, account_number=ZHANG).text
    told = talk.says("张建国")
    assert _ticket(talk).account_number == ZHANG
    assert "棉纺一厂宿舍" in told.text


@pytest.mark.parametrize(
    "text", ["我把电费交到别人户号上了", "充到邻居户上了", "本来要交我妈的，交成另一个了"]
)
def test_the_wrong_account_in_other_words(talk, text):
    assert "交到了哪个户号" in talk.says(text, "pay_bill").text


def test_the_number_of_a_stranger_is_never_asked_to_be_proven(talk):
    talk.says("我把电费交到别人户号上了", "pay_bill")
    told = talk.says("昨天200元微信，交到" + ZHANG, account_number=ZHANG, amount="200")
    assert "户主全名" not in told.text


def test_a_large_household_has_a_figure_also_when_it_asks_for_a_discount(talk):
    assert "每档每月各加100度" in talk.says("我家6口人有优惠吗", "query_price").text


def test_words_instead_of_a_number_are_no_refusal(talk):
    talk.says("我家电费多少", "query_bill")
    assert "要先有户号" in talk.says("去年一年呢").text
    assert "户主全名" in talk.says(ZHANG, account_number=ZHANG).text
