"""Why a bill is what it is, in two plain sentences; pure."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from config.tariffs import Seasons, Tariffs
from handlers.billing.port import Kind, MonthBill, Statement
from handlers.billing.recount import Basis, Recount, recount, used_before
from handlers.billing.tariff import TIERED
from handlers.billing.wording import money, month_name, number, price, tier_name

DAILY_SHIFT = Decimal("0.05")  # a smaller change of the daily use is not worth a word
DAYS_WEIGHT = 3  # a longer month is a reason where it makes a third of the difference
VALLEY_SHIFT = Decimal("0.03")
MAX_CAUSES = 3
MONTHS = 12
LOOK_BACK = 7  # half a year, each month with the one before it
JUMP = Decimal("1.2")
TOO_HIGH = re.compile(r"高|多|翻|涨|贵|异常|突然|吓人|离谱|夸张|猛增|飙")

COMPARED = "{name}用电{kwh}度、{amount}元，{than}。"
ALONE = "{name}用电{kwh}度、{amount}元，没有更早的账单可以比。"
CAUSES = "主要是{causes}（{checked}）。"
NO_CAUSE = "用电量、天数和阶梯都没什么变化"
CHECKED = "按电价表重算，和账单一分不差"
CHECKED_LARGE = "按一户多人口的阶梯重算，和账单一分不差"
NOT_CHECKED = "去年的账单不全，这个月没法从头重算"
DIFFERS = "按电价表重算是{amount}元，和账单对不上，建议核查"
HOT, COLD, GREW, FELL = "天热，空调用电多", "天冷，取暖用电多", "平时用得多了", "平时用得少了"
PASSED_SEASON = "过了用电高峰的季节"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The two sentences, and the figures for whoever checks the bill."""

    compared: str
    reason: str
    bill: MonthBill
    before: MonthBill | None
    counted: Recount | None

    @property
    def text(self) -> str:
        return f"{self.compared}\n{self.reason}"

    @property
    def fields(self) -> dict[str, str]:
        """What goes on the ticket."""
        facts = {
            "period": self.bill.period,
            "kwh": number(self.bill.kwh),
            "amount": money(self.bill.amount),
        }
        if self.bill.tier is not None:
            facts["tier"] = str(self.bill.tier)
        if self.before is not None:
            facts["last_kwh"] = number(self.before.kwh)
            facts["last_amount"] = money(self.before.amount)
        if self.counted is not None:
            facts["recounted"] = money(self.counted.charge.amount)
        return facts


def explain(tariffs: Tariffs, statement: Statement, bill: MonthBill) -> Explanation:
    """Compare a month with the one before and with last year's, and name what made the difference."""
    bills = statement.bills
    before = statement.bill(shifted(bill.period, -1))
    counted = recount(tariffs, statement.kind, bills, bill)
    causes = _causes(tariffs, statement, bill, before, counted)
    return Explanation(
        compared=_compared(bill, before, statement.bill(shifted(bill.period, -MONTHS))),
        reason=CAUSES.format(
            causes="；".join(causes[:MAX_CAUSES]) or NO_CAUSE, checked=_checked(bill, counted)
        ),
        bill=bill,
        before=before,
        counted=counted,
    )


def doubted(statement: Statement, text: str) -> MonthBill | None:
    """The month a doubt is about where none is named: the latest, or the last that jumped up.

    Someone who finds a bill too high does not mean one that fell.
    """
    latest = statement.latest
    if latest is None or not TOO_HIGH.search(text):
        return latest
    recent = statement.bills[-LOOK_BACK:]
    jumped = [bill for before, bill in pairwise(recent) if bill.amount >= before.amount * JUMP]
    return jumped[-1] if jumped else latest


def shifted(period: str, months: int) -> str:
    """A period so many months away."""
    index = int(period[:4]) * MONTHS + int(period[5:]) - 1 + months
    return f"{index // MONTHS:04}-{index % MONTHS + 1:02}"


def _compared(bill: MonthBill, before: MonthBill | None, last_year: MonthBill | None) -> str:
    than = [
        f"比{name}{_difference(bill, other)}"
        for name, other in (
            (month_name(before.period) if before else "", before),
            ("去年同月", last_year),
        )
        if other is not None
    ]
    template = COMPARED if than else ALONE
    return template.format(
        name=month_name(bill.period),
        kwh=number(bill.kwh),
        amount=money(bill.amount),
        than="，".join(than),
    )


def _difference(bill: MonthBill, other: MonthBill) -> str:
    kwh, amount = bill.kwh - other.kwh, bill.amount - other.amount
    if not kwh and not amount:
        return "一样"
    return (
        f"{'多' if kwh >= 0 else '少'}{number(abs(kwh))}度、"
        f"{'多' if amount >= 0 else '少'}{money(abs(amount))}元"
    )


def _causes(
    tariffs: Tariffs,
    statement: Statement,
    bill: MonthBill,
    before: MonthBill | None,
    counted: Recount | None,
) -> list[str]:
    causes = []
    if before is not None:
        causes += _usage(tariffs.seasons, bill, before)
    if counted is not None and statement.kind in TIERED:
        earlier = recount(tariffs, statement.kind, statement.bills, before) if before else None
        causes += _tier(statement.bills, bill, counted, earlier)
    if before is not None and statement.kind == Kind.TIERED_TOU:
        causes += _valley(bill, before)
    return causes


def _usage(seasons: Seasons, bill: MonthBill, before: MonthBill) -> list[str]:
    """Days and daily use: what of the difference comes from which."""
    days, days_before = _days(bill), _days(before)
    daily, daily_before = bill.kwh / days, before.kwh / days_before
    causes = []
    change = bill.kwh - before.kwh
    by_days = (days - days_before) * daily_before
    if change and by_days * change > 0 and abs(by_days) * DAYS_WEIGHT >= abs(change):
        word = "多" if days > days_before else "少"
        causes.append(f"这个月{word}{abs(days - days_before)}天")
    if abs(daily - daily_before) >= DAILY_SHIFT * max(daily_before, Decimal(1)):
        causes.append(
            f"{_why_daily(seasons, bill.month, grew=daily > daily_before)}"
            f"（每天{_daily(daily_before)}度变成{_daily(daily)}度）"
        )
    return causes


def _why_daily(seasons: Seasons, month: int, *, grew: bool) -> str:
    if grew:
        return HOT if month in seasons.hot else COLD if month in seasons.cold else GREW
    last = (month - 2) % MONTHS + 1
    was_peak = last in seasons.hot | seasons.cold
    return PASSED_SEASON if was_peak else FELL


def _tier(
    bills: Sequence[MonthBill], bill: MonthBill, counted: Recount, earlier: Recount | None
) -> list[str]:
    """The tier that was entered, that still holds, or that the new year has set back."""
    version, top = counted.version, counted.charge.slices[-1]
    was = earlier.charge.tier if earlier else top.tier
    if top.tier < was:
        return [f"1月起阶梯重新累计，回到{tier_name(top.tier)}每度{price(top.price)}元"]
    if top.tier == 1 or not top.kwh:
        return []
    extra = counted.charge.tier_extra(version.tiers[0].price)
    how = f"{number(top.kwh)}度按{tier_name(top.tier)}每度{price(top.price)}元算"
    if top.tier > was or len(counted.charge.slices) > 1:
        edge = version.edges(extra_monthly=counted.extra_monthly)[top.tier - 2]
        cycle = f"{bill.year}年累计" if version.cycle == "year" else "这个月"
        return [f"{cycle}过了{number(edge)}度，{how}，比第一档多花{money(extra)}元"]
    used = used_before(bills, bill)
    since = f"（{bill.year}年已累计{number(used + bill.kwh)}度）" if used is not None else ""
    return [f"{how}{since}，比第一档多花{money(extra)}元"]


def _valley(bill: MonthBill, before: MonthBill) -> list[str]:
    share, share_before = _valley_share(bill), _valley_share(before)
    if share is None or share_before is None or abs(share - share_before) < VALLEY_SHIFT:
        return []
    word = "降到" if share < share_before else "升到"
    return [f"谷电占比从{share_before:.0%}{word}{share:.0%}"]


def _valley_share(bill: MonthBill) -> Decimal | None:
    if bill.valley_kwh is None or not bill.kwh:
        return None
    return bill.valley_kwh / bill.kwh


def _checked(bill: MonthBill, counted: Recount | None) -> str:
    if counted is None:
        return NOT_CHECKED
    if counted.charge.amount != bill.amount:
        return DIFFERS.format(amount=money(counted.charge.amount))
    return CHECKED_LARGE if counted.basis == Basis.LARGE_HOUSEHOLD else CHECKED


def _days(bill: MonthBill) -> int:
    return monthrange(bill.year, bill.month)[1]


def _daily(kwh: Decimal) -> str:
    return number(kwh.quantize(Decimal("0.1")))
