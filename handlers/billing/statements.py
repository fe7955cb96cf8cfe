"""What is said of an account: balance, a month's bill, the year, the tier one is in."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from config.tariffs import Tariffs
from handlers.billing.port import Kind, MonthBill, Statement
from handlers.billing.recount import recount
from handlers.billing.tariff import TIERED, ZERO, late_fee
from handlers.billing.wording import day, money, month_name, number, tier_name

OWES = "欠费{owed}元（{months}电费），{when}。"
DUE = "请在{day}前交"
OVERDUE = "{day}已到期，违约金约{fee}元，按实际交费那天算"
BALANCE = "余额{balance}元，没有欠费。"
CUT = "系统里显示已因欠费停电，交清后回「复电」。"
MONTH = "{name}用电{kwh}度、{amount}元{state}。"
PAID, UNPAID = "，{day}已交", "，还没交"
PEAK_VALLEY = "其中峰电{peak}度、谷电{valley}度（谷电占{share:.0%}）。"
TIER = "{when}是{tier}，{year}年累计{used}度{left}。"
NOW, THEN = "现在", "到{name}"
LEFT = "，离{next}还有{left}度"
TIER_ONLY = "这个月在{tier}。"
TOTAL = "{year}年{span}共用电{kwh}度、电费{amount}元，用得最多的是{most}（{most_kwh}度）。"
LAST_PAID = "最近到账：{name}电费{amount}元，{day}。"
NO_BILLS = "这个户号还没有账单。"
NOT_YET = "{name}的账单要到下个月才出，先看{shown}："
NOT_KEPT = "没有{name}的账单，能查到的是{first}到{last}。先看{shown}："


def standing(tariffs: Tariffs, statement: Statement, now: datetime) -> str:
    """Balance or arrears, with until when and what the delay has cost."""
    if statement.balance >= 0:
        return BALANCE.format(balance=money(statement.balance))
    unpaid = statement.unpaid
    lines = [
        OWES.format(
            owed=money(-statement.balance),
            months="、".join(month_name(bill.period) for bill in unpaid) or "之前的",
            when=_due(tariffs, statement.kind, unpaid, now),
        )
    ]
    if statement.is_cut:
        lines.append(CUT)
    return "\n".join(lines)


def month(tariffs: Tariffs, statement: Statement, bill: MonthBill) -> str:
    """One month: energy, money, paid or not, peak and valley, tier."""
    state = PAID.format(day=day(bill.paid_on)) if bill.paid_on else UNPAID
    lines = [
        MONTH.format(
            name=month_name(bill.period),
            kwh=number(bill.kwh),
            amount=money(bill.amount),
            state=state,
        )
    ]
    if bill.peak_kwh is not None and bill.valley_kwh is not None and bill.kwh:
        lines.append(
            PEAK_VALLEY.format(
                peak=number(bill.peak_kwh),
                valley=number(bill.valley_kwh),
                share=bill.valley_kwh / bill.kwh,
            )
        )
    if position := tier_position(tariffs, statement, bill):
        lines.append(position)
    return "\n".join(lines)


def tier_position(tariffs: Tariffs, statement: Statement, bill: MonthBill) -> str:
    """In which tier the year stands and how much of it is left; empty where there are no tiers."""
    if statement.kind not in TIERED:
        return ""
    counted = recount(tariffs, statement.kind, statement.bills, bill)
    if counted is None or counted.used is None:
        return TIER_ONLY.format(tier=tier_name(bill.tier)) if bill.tier else ""
    tier, left = counted.charge.tier, counted.to_next_tier
    is_latest = bill == statement.latest
    return TIER.format(
        when=NOW if is_latest else THEN.format(name=month_name(bill.period)),
        tier=tier_name(tier),
        year=bill.year,
        used=number(counted.used),
        left=LEFT.format(next=tier_name(tier + 1), left=number(left)) if left is not None else "",
    )


def year(bills: Sequence[MonthBill], which: int) -> str:
    """A year's sums and its dearest month; empty without a bill of it."""
    inside = [bill for bill in bills if bill.year == which]
    if not inside:
        return ""
    most = max(inside, key=lambda bill: bill.kwh)
    return TOTAL.format(
        year=which,
        span=f"{month_name(inside[0].period)}到{month_name(inside[-1].period)}",
        kwh=number(sum((bill.kwh for bill in inside), ZERO)),
        amount=money(sum((bill.amount for bill in inside), Decimal(0))),
        most=month_name(most.period),
        most_kwh=number(most.kwh),
    )


def lacking(bills: Sequence[MonthBill], period: str, shown: MonthBill) -> str:
    """Why a month is not there, before another one is shown instead."""
    instead = month_name(shown.period)
    if period > bills[-1].period:
        return NOT_YET.format(name=month_name(period), shown=instead)
    name = f"{int(period[:4])}年{month_name(period)}"
    return NOT_KEPT.format(name=name, first=bills[0].period, last=bills[-1].period, shown=instead)


def _due(tariffs: Tariffs, kind: Kind, unpaid: Sequence[MonthBill], now: datetime) -> str:
    if not unpaid:
        return "请尽快交清"
    today = now.date()
    fee = sum((late_fee(tariffs.late_fee, kind, bill, today) for bill in unpaid), ZERO)
    first = unpaid[0].due_on
    if not fee:
        return DUE.format(day=day(first))
    return OVERDUE.format(day=day(first), fee=money(fee))


def last_paid(bill: MonthBill) -> str:
    return LAST_PAID.format(
        name=month_name(bill.period),
        amount=money(bill.amount),
        day=day(bill.paid_on) if bill.paid_on else "",
    )
