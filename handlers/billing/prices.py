"""What electricity costs, answered from the tariff tables with their date and source."""

import re
from decimal import Decimal
from itertools import pairwise

from config.tariffs import TariffVersion
from handlers.billing import statements
from handlers.billing.accounts import bound_account
from handlers.billing.handover import hand_over
from handlers.billing.port import Kind
from handlers.billing.tables import statement_of
from handlers.billing.tariff import TIERED
from handlers.billing.wording import money, number, price, tier_name
from handlers.desk import Desk
from handlers.dialogue.case import case_of
from handlers.dialogue.turn import Reply, Turn
from handlers.tickets.models import Category

# In this order: the first that fits is what is asked about.
NO_FIGURES = re.compile(
    r"尖峰|深谷|节假日|春节|过年|国庆|大工业|两部制|力调|功率因数|基本电费|代理购电|农业|农排|养殖|"
    r"灌溉|灌田|浇地|大棚|抽水|养(?:猪|鸡|鱼|虾|牛)|煤改电|采暖|电暖|光伏|上网电?价?几|余电|卖电|机制|补贴|五保|低保|残疾|军烈属|减免|优惠|免费|临时用?电|工地|基站|附加|组成|输配|线损"
    r"|平段|我们村的路灯"
)
MANY = re.compile(r"多人口|人口多|[五六七八5-8]个?(?:口|人)")
TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("late_fee", re.compile(r"违约金|滞纳金|逾期|拖.{0,6}(?:天|月)|晚交|迟交|过期")),
    ("landlord", re.compile(r"房东|租客|租房|租的房|出租屋|商场给|物业|转供|公寓|二房东|最高能收")),
    ("people", re.compile(rf"{MANY.pattern}|人多")),
    ("pile", re.compile(r"充电桩|充车|电动车|电动汽车|新能源车")),
    ("flat", re.compile(r"合表|公摊|公共照明|电梯|学校|幼儿园|养老")),
    (
        "commercial",
        re.compile(r"商业|商铺|门面|店|工商|餐馆|饭馆|民宿|公司|厂|早餐车|经营|营业"),
    ),
    (
        "hours",
        re.compile(
            r"峰|谷|分时|几点|半价|划算|最便宜|用电便宜|周末|夜里|晚上.{0,6}便宜|便宜.{0,6}时|风谷"
        ),
    ),
    ("tiers", re.compile(r"阶梯|[一二三几123每]档|档|清零|重新算|越多越贵|分界")),
)
AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:块|元)")
CYCLE = {"year": "阶梯按自然年累计，每年1月1日清零重算。", "month": "阶梯按月算，每月重新开始。"}
TIERS_HEAD = "居民阶梯电价（每度）："
TIER_LINE = "· {tier}：{span}，{price}元"
SPAN_FIRST, SPAN, SPAN_LAST = "{unit}{high}度以内", "{low}–{high}度", "超过{low}度"
HOURS = (
    "峰谷电价自愿办理：谷时{valley_from}到次日{valley_until}，其余是峰时。\n"
    "在阶梯价上，峰电每度{peak}，谷电每度{valley}；第一档就是峰{peak_price}元、谷{valley_price}元。"
    "晚上用得多才划算。要办回「办峰谷电价」。"
)
FLAT = "合表电价每度{price}元，不分阶梯（{who}也是这个价）。"
PILE = "家用充电桩单独装表，按合表价每度{price}元，不分阶梯。要装回「装充电桩」。"
COMMERCIAL = "一般工商业每度{price}元（店铺、餐馆、公司都按这个）。"
PEOPLE = (
    "一户满{people}人，每档每月各加{kwh}度；满{flat_people}人也可以改按合表价每度{flat}元。"
    "要办回「办一户多人口」。"
)
LATE_FEE = (
    "逾期违约金：居民每天{resident}‰；其他用户当年欠的每天{other}‰、往年欠的每天{past}‰，"
    "从到期第二天算起（{source}）。"
)
LATE_EXAMPLE = "比如欠{amount}元，居民每拖1天加{fee}元。"
LANDLORD = "房东、物业代收电费不能加价，按电网的价收：居民每度{low}–{high}元，合表{flat}元，工商业{commercial}元。\n乱加价可以回「举报加价收电费」，身份保密。"
ESTIMATE = "{kwh}度电：{amounts}（看今年累计到哪一档）。"
SOURCE = "（{date}起执行，{source}）"
NO_FIGURE = "这一项我这里没有准数，不乱说，请客户经理查好答复您。"
MINE = "您家：{position}"


def without_figure(text: str) -> str:
    """The word that asks for a price the tables do not have; empty where there is none."""
    found = NO_FIGURES.search(text)
    return found[0] if found and not MANY.search(text) else ""


def query_price(turn: Turn, desk: Desk) -> Reply:
    """The figures that are asked about; what is not in the tables goes to a person."""
    case = case_of(turn)
    version = desk.tables.tariff.on(desk.now.date())
    if version is None or case.get("asks_person") or without_figure(turn.text):
        case["asks_person"] = True
        account = bound_account(turn, desk)
        return hand_over(turn, desk, account, category=Category.CONSULT, lead=NO_FIGURE)
    topic = next((name for name, words in TOPICS if words.search(turn.text)), "")
    lines = _answer(turn, desk, version, topic)
    if topic in {"", "tiers"} and (mine := _mine(turn, desk)):
        lines.append(mine)
    return turn.finish("\n".join(lines))


def _answer(turn: Turn, desk: Desk, version: TariffVersion, topic: str) -> list[str]:
    if topic == "late_fee":
        return _late_fee(turn, desk)
    source = SOURCE.format(date=version.effective_from, source=version.source)
    if topic == "landlord":
        prices = [tier.price for tier in version.tiers]
        said = LANDLORD.format(
            low=price(prices[0]),
            high=price(prices[-1]),
            flat=price(version.flat),
            commercial=price(version.commercial),
        )
        return [said, source]
    single = {"pile": _pile, "flat": _flat, "commercial": _commercial, "people": _people}
    if topic in single:
        return [single[topic](version), source]
    if topic == "hours":
        return [_hours(version), source]
    estimate = _estimate(turn, version)
    lines = [*estimate, *_tiers(version)]
    if not topic and not estimate:
        lines += [_flat(version), _commercial(version), _hours_short(version)]
    return [*lines, source]


def _tiers(version: TariffVersion) -> list[str]:
    edges = version.edges()
    unit = "一年" if version.cycle == "year" else "一个月"
    spans = [SPAN_FIRST.format(unit=unit, high=number(edges[0]))]
    spans += [SPAN.format(low=number(low + 1), high=number(high)) for low, high in pairwise(edges)]
    spans.append(SPAN_LAST.format(low=number(edges[-1])))
    rows = zip(spans, version.tiers, strict=True)
    lines = [
        TIER_LINE.format(tier=tier_name(place), span=span, price=price(tier.price))
        for place, (span, tier) in enumerate(rows, 1)
    ]
    return [TIERS_HEAD, *lines, CYCLE[version.cycle]]


def _hours(version: TariffVersion) -> str:
    rule, first = version.peak_valley, version.tiers[0].price
    return HOURS.format(
        valley_from=rule.valley_from,
        valley_until=rule.valley_until,
        peak=_shift(rule.peak),
        valley=_shift(rule.valley),
        peak_price=price(first + rule.peak),
        valley_price=price(first + rule.valley),
    )


def _hours_short(version: TariffVersion) -> str:
    rule = version.peak_valley
    return f"办了峰谷：谷时{rule.valley_from}到次日{rule.valley_until}，每度{_shift(rule.valley)}；峰时{_shift(rule.peak)}。"


def _flat(version: TariffVersion) -> str:
    return FLAT.format(price=price(version.flat), who="、".join(version.flat_for))


def _pile(version: TariffVersion) -> str:
    return PILE.format(price=price(version.flat))


def _commercial(version: TariffVersion) -> str:
    return COMMERCIAL.format(price=price(version.commercial))


def _people(version: TariffVersion) -> str:
    rule = version.large_household
    return PEOPLE.format(
        people=rule.people,
        kwh=rule.monthly_kwh,
        flat_people=rule.flat_people,
        flat=price(version.flat),
    )


def _late_fee(turn: Turn, desk: Desk) -> list[str]:
    rules = desk.tables.tariff.late_fee
    lines = [
        LATE_FEE.format(
            resident=number(rules.resident),
            other=number(rules.other_this_year),
            past=number(rules.other_past_years),
            source=rules.source,
        )
    ]
    said = AMOUNT.search(turn.text)
    if amount := turn.value("amount") or (said[1] if said else None):
        fee = Decimal(amount) * rules.resident / 1000
        lines.append(LATE_EXAMPLE.format(amount=amount, fee=money(fee)))
    return lines


def _estimate(turn: Turn, version: TariffVersion) -> list[str]:
    """What so many kWh cost in each tier, where the message names a quantity."""
    energy = turn.value("energy")
    if energy is None or Decimal(energy) <= 1:  # a single kWh is a question of the price
        return []
    amounts = "、".join(
        f"{tier_name(place)}{money(Decimal(energy) * tier.price)}元"
        for place, tier in enumerate(version.tiers, 1)
    )
    return [ESTIMATE.format(kwh=number(Decimal(energy)), amounts=amounts)]


def _mine(turn: Turn, desk: Desk) -> str:
    """Where the resident's own year stands."""
    customer = bound_account(turn, desk)
    if customer is None or Kind(customer.tariff) not in TIERED:
        return ""
    statement = statement_of(desk, customer)
    if statement.latest is None:
        return ""
    position = statements.tier_position(desk.tables.tariff, statement, statement.latest)
    return MINE.format(position=position) if position else ""


def _shift(value: Decimal) -> str:
    return f"{'加' if value >= 0 else '减'}{price(abs(value))}元"
