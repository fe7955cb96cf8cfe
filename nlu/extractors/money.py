"""Sums of money and of energy, and the month a bill is for."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from nlu.extractors.numerals import NUMBER, integer, number, plain
from nlu.extractors.reading import Reading
from nlu.times import CHINA
from nlu.understanding import Entity

_MORE = r"(?: ?(?:多|来|几))?"
_YUAN = re.compile(
    rf"(?<![\d.])(?P<yuan>{NUMBER}){_MORE} ?(?:元|块钱?|圆|rmb|人民币)(?: ?零?(?P<tenths>[\d一二三四五六七八九])(?:毛|角)?(?!\d|[十百千度栋]))?"
    rf"|[¥$] ?(?P<sign>\d[\d,]*(?:\.\d+)?)|(?<![\d.])(?P<jiao>{NUMBER}) ?(?:毛|角)(?:钱)?"
)
_BARE = re.compile(
    r"(?:电费|交了?|缴了?|充了?|扣了?|欠了?|余额|收了?|付了?|退了?|涨到|涨成|变成|成了|从|到了?|高达|多达|花了?|账单)(?:我|他|是|才|只|都|又|就|要|有|还|竟然|居然|一共|大概|大约|差不多|剩|共|了|，|:)* ?"
    r"(?P<sum>\d{1,5}(?:\.\d{1,2})?|[一二三四五六七八九两][一二三四五六七八九零十百千]{1,6})(?=多?(?:[,。!?、 ]|$|了|还|没|怎么|太|涨|到|是|变|也|都|就))"
)
_UNIT_PRICE_BEFORE = re.compile(
    r"(?:每度|一度|1度|单价|每千瓦时|每kwh|[谷峰平]电价?|电价|档|阶梯|/)[^,。\d]{0,5}$"
)
_UNIT_PRICE_AFTER = re.compile(r" ?(?:钱)? ?(?:[一1每/]|一?个)+ ?(?:度|千瓦时|kwh|字)")
_MONEY_TALK = re.compile(r"费|账|交|缴|扣|欠|余额|充|退|收|付|钱|元|块|款|价")
_NO_SUMS = frozenset(
    {
        "claim_damage",
        "report_hazard",
        "report_outage",
        "report_fault",
        "out_of_scope",
        "query_price",
        "ask_safety",
    }
)
_DAMAGE_TALK = re.compile(r"赔|损失|维修费|修理费|买的|烧坏|烧了")
_ENERGY = re.compile(
    rf"(?<![\d.第])(?P<energy>{NUMBER}){_MORE} ?(?:度(?!假|日|过|数)|千瓦时|kwh|kw·h)"
)
_PRICE_OF_ONE = re.compile(
    r"^(?:电费?)?(?:要|是|收|多少|几|才|卖|算|的?价|合|[\d零一二三四五六七八九两]+(?:\.\d+)?(?:元|块|毛|角))|^(?:电)?(?:多少|几)(?:钱|块|毛)"
)
_WARMTH = re.compile(
    r"(?:温|热|冷|空调|开到?|调到?|设|烧|零下|摄氏|转|近视|旋转|夹角)[^,。度]{0,4}$"
)
_WARMTH_AFTER = re.compile(r"(?:高温|的?天气?(?:里|,|$)|的?(?:高温|水温|热天|角)|c\b|左右的?天)")
_MONTH = re.compile(
    r"(?P<last>上上个?月|上个?月|前个月)|(?P<this>这个?月|本月|当月)"
    r"|(?:(?P<year>20\d\d ?[年./-]|[前去今]年的?) ?)?(?<![\d.])(?:(?P<from>\d{1,2}|[一二三四五六七八九十]{1,2})(?:月份?)? ?(?:[、和跟到至与-]) ?)?(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2}) ?月(?!\d{1,2}[日号]| ?[一二三四五六七八九十]{1,3}[日号]|末|底|初|前)"
    r"|(?P<iso>20\d\d)[-/.](?P<iso_month>0?[1-9]|1[0-2])(?![-/.\d])"
)
_BILL_TALK = re.compile(
    r"电费|账单|用电量|电量|度电|[\d一二三四五六七八九十百]度|多少度|发票|欠|扣|缴|交费|交了|抄表|对账|明细|费用|余额|读数|钱"
)
_MONTHS = 12
_BILL_INTENTS = frozenset({"query_bill", "dispute_bill", "pay_bill", "request_invoice"})
_NO_BILL = frozenset(
    {
        "report_outage",
        "report_fault",
        "report_hazard",
        "query_outage",
        "still_no_power",
        "query_progress",
        "urge_ticket",
    }
)


def find(reading: Reading) -> Iterator[Entity]:
    yield from _energy(reading)
    yield from _amounts(reading)
    yield from _periods(reading)


def _energy(reading: Reading) -> Iterator[Entity]:
    text = reading.text
    for match in _ENERGY.finditer(text):
        value = number(match["energy"])
        before, after = text[max(0, match.start() - 8) : match.start()], text[match.end() :][:8]
        if value is None or _WARMTH.search(before) or _WARMTH_AFTER.match(after):
            continue
        is_unit = value == 1 and (
            _PRICE_OF_ONE.match(after) or re.search(r"[元块毛角钱/每]$", before)
        )
        if not is_unit and reading.is_free(*match.span()):
            yield Entity("energy", plain(value), match.start(), match.end())


def _amounts(reading: Reading) -> Iterator[Entity]:
    text = reading.text
    if reading.intent in _NO_SUMS or not _MONEY_TALK.search(text):
        return
    if reading.intent is None and _DAMAGE_TALK.search(text):
        return
    held: list[tuple[int, int]] = []
    for match in (*_YUAN.finditer(text), *_BARE.finditer(text)):
        start, end = match.span("sum") if match.re is _BARE else match.span()
        value = _yuan(match)
        if value is None or not reading.is_free(start, end) or _is_unit_price(text, start, end):
            continue
        if all(end <= begin or start >= finish for begin, finish in held):
            held.append((start, end))
            yield Entity("amount", value, start, end)


def _yuan(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if groups.get("jiao"):
        value = number(groups["jiao"])
        return plain(value / 10) if value is not None else None
    value = number(groups.get("yuan") or groups.get("sign") or groups.get("sum") or "")
    if value is not None and groups.get("tenths"):
        value += (number(groups["tenths"]) or Decimal(0)) / 10
    return plain(value) if value is not None else None


def _is_unit_price(text: str, start: int, end: int) -> bool:
    return bool(
        _UNIT_PRICE_BEFORE.search(text[max(0, start - 10) : start])
        or _UNIT_PRICE_AFTER.match(text, end)
    )


def _periods(reading: Reading) -> Iterator[Entity]:
    if reading.intent in _NO_BILL:
        return
    if reading.intent not in _BILL_INTENTS and not _BILL_TALK.search(reading.text):
        return
    at = reading.at
    today = (at.replace(tzinfo=CHINA) if at.tzinfo is None else at.astimezone(CHINA)).date()
    for match in _MONTH.finditer(reading.text):
        if not reading.is_free(*match.span()):
            continue
        for month in _months(match, today):
            yield Entity("period", month, match.start(), match.end())


def _months(match: re.Match[str], today: date) -> Iterator[str]:
    if match["last"]:
        back = 1 if match["last"] in {"上月", "上个月"} else 2
        yield _back(today, back)
    elif match["this"]:
        yield _back(today, 0)
    elif match["iso"]:
        yield f"{match['iso']}-{int(match['iso_month']):02d}"
    else:
        for said in (match["from"], match["month"]):
            month = integer(said or "")
            if month is not None and 1 <= month <= _MONTHS:
                yield f"{_year(match['year'] or '', month, today)}-{month:02d}"


def _back(today: date, months: int) -> str:
    count = today.year * 12 + today.month - 1 - months
    return f"{count // 12}-{count % 12 + 1:02d}"


def _year(said: str, month: int, today: date) -> int:
    """A bare month is the latest that is not in the future."""
    if said[:2].isdigit():
        return int(said[:4])
    named = {"前年": 2, "去年": 1, "今年": 0}.get(said[:2])
    if named is not None:
        return today.year - named
    return today.year if month <= today.month else today.year - 1
