"""Numbers that name something: tickets, meters, phones, accounts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.extractors import numerals
from nlu.extractors.reading import Reading
from nlu.understanding import Entity

_DIGIT = "0-9零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖"
# Digits in groups with one or two separators between; bounded, so it stays linear.
_RUN = re.compile(rf"[{_DIGIT}]+(?:[ \-.·]{{1,2}}[{_DIGIT}]+)*")
_GROUP = re.compile(rf"[{_DIGIT}]+")
_TICKET = re.compile(r"(?<![a-z0-9])t[ \-]?(20\d{6})[ \-]?(\d{5,10})(?!\d)")
_LABELLED_TICKET = re.compile(r"工单(?:编?号)?(?:码)?(?:是|为|:)? ?(20\d{6})(\d{5})(?!\d)")
_METER_LABEL = re.compile(r"(?:表号|表码|电表编?号|表的?编?号|电表号码)[^\d。,;]{0,6}$")
_ACCOUNT_LABEL = re.compile(
    r"(?:户号|户 号|用户编?号|客户编?号|用电(?:户|编)?号|户头号?|电费号|缴费编?号|缴费账?号|交费号|编号|账号|帐号)[^\d。;]{0,8}$"
)
_FOREIGN_LABEL = re.compile(
    r"(?:订单|快递|运单|单号|包裹|取件|物流|执照|许可证|资格证|证号|身份证|信用代码|银行卡|卡号|水费|燃气|煤气|天然气|"
    r"qq|微信号|尾号|流水|交易|参考号|回执|发票号码?|发票代码|邮编|宽带|车架|会员|编码|ip)[^\d。;]{0,8}$"
)
_TAIL_LABEL = re.compile(r"(?:尾号|后[四六三4-6]位)[^\d。,;]{0,4}$")
_ELECTRIC = re.compile(
    r"电|户号|用户|户名|抄表|表箱|查|欠费|余额|缴费|交费|账单|发票|绑定|解绑|过户|销户|报修|充电桩|光伏|峰谷|跳闸|度数|这个号|户主"
)
_BEFORE = 14
_FEW_OTHER_CHARACTERS = 6
_ELSEWHERE = frozenset({"out_of_scope"})
_SERVICE_NUMBER = re.compile(r"[48]00\d{7}")
_LENGTHS = (22, 13, 12, 11, 10)


@dataclass(frozen=True, slots=True)
class _Number:
    digits: str
    start: int
    end: int
    before: str


def find(reading: Reading) -> Iterator[Entity]:
    """Tickets, then every long number once, by its label and its form."""
    tickets = [*_tickets(reading.text)]
    yield from tickets
    held = [(ticket.start, ticket.end) for ticket in tickets]
    for long in _long_numbers(reading.text):
        if any(long.start < end and long.end > start for start, end in held):
            continue
        entity = _identify(long, reading)
        if entity is not None:
            yield entity


def long_spans(text: str) -> list[tuple[int, int]]:
    """Where numbers of ten digits and more stand: no address, amount or time is inside."""
    return [(long.start, long.end) for long in _long_numbers(text)]


def ticket_spans(text: str) -> list[tuple[int, int]]:
    """Where numbers of tickets stand."""
    return [(ticket.start, ticket.end) for ticket in _tickets(text)]


def _tickets(text: str) -> Iterator[Entity]:
    for pattern in (_TICKET, _LABELLED_TICKET):
        for match in pattern.finditer(text):
            day, serial = match.group(1), match.group(2)
            if "01" <= day[4:6] <= "12" and "01" <= day[6:] <= "31":
                start = match.start() if pattern is _TICKET else match.start(1)
                yield Entity("ticket_number", f"T{day}{serial}", start, match.end())


def _long_numbers(text: str) -> Iterator[_Number]:
    for run in _RUN.finditer(text):
        if len(run[0]) < _LENGTHS[-1]:
            continue
        groups = [(m.start() + run.start(), m.end() + run.start()) for m in _GROUP.finditer(run[0])]
        yield from _join(text, groups)


def _join(text: str, groups: list[tuple[int, int]]) -> Iterator[_Number]:
    """Groups typed apart are one number where together they have a known length."""
    first = 0
    while first < len(groups):
        taken = 1
        for count in range(min(len(groups) - first, 22), 0, -1):
            start, end = groups[first][0], groups[first + count - 1][1]
            joined = numerals.digits(text[start:end])
            if len(joined) in _LENGTHS and _is_plausible(joined, count, text[start:end]):
                yield _Number(joined, start, end, text[max(0, start - _BEFORE) : start])
                taken = count
                break
        first += taken


def _is_plausible(joined: str, groups: int, written: str) -> bool:
    if len(joined) == 12:  # noqa: PLR2004 - area code of four and eight digits, nothing else
        return joined[0] == "0"
    # "2026-01-15 10:30" and the like: short groups make a number only where it has a form.
    return groups == 1 or written.count(".") == 0


def _identify(long: _Number, reading: Reading) -> Entity | None:
    value = long.digits
    if _TAIL_LABEL.search(long.before):
        return None
    if len(value) == 22 or (len(value) == 10 and _METER_LABEL.search(long.before)):  # noqa: PLR2004
        return Entity("meter_number", value, long.start, long.end)
    is_labelled = _is_labelled(long)
    phone = None if is_labelled and len(value) == 13 else _phone(value)  # noqa: PLR2004
    if phone is not None and not _FOREIGN_LABEL.search(long.before):
        return Entity("phone", phone, long.start, long.end)
    if len(value) in {10, 13} and (is_labelled or _is_account(long, reading)):
        return Entity("account_number", value, long.start, long.end)
    return None


def _phone(value: str) -> str | None:
    import phonenumbers  # noqa: PLC0415 - its tables take a while to load

    if len(value) == 13 and value.startswith("86"):  # noqa: PLR2004
        value = value[2:]
    if re.fullmatch(r"1[3-9]\d{9}", value):
        return value
    if not re.fullmatch(r"0\d{10,11}", value):
        return None
    parsed = phonenumbers.parse(value, "CN")
    area = phonenumbers.length_of_geographical_area_code(parsed)
    # A new area code the tables do not know: 010 and 02x have three digits, all others four.
    area = area + 1 if area else (3 if value[1] in "12" else 4)
    return f"{value[:area]}-{value[area:]}"


def _is_labelled(long: _Number) -> bool:
    return bool(_ACCOUNT_LABEL.search(long.before)) and not _FOREIGN_LABEL.search(long.before)


def _is_account(long: _Number, reading: Reading) -> bool:
    if _FOREIGN_LABEL.search(long.before) or reading.intent in _ELSEWHERE:
        return False
    if _SERVICE_NUMBER.fullmatch(long.digits):
        return False
    rest = reading.text[: long.start] + reading.text[long.end :]
    return len(rest) <= _FEW_OTHER_CHARACTERS or _ELECTRIC.search(rest) is not None
