"""Read one cell: each function returns the value, or raises ValueError in plain Chinese."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from config.clock import CHINA
from handlers.grid.rules import parse_buildings

Parse = Callable[[str], Any]

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(?:-\d{1,6})?")
SERVICE_LINE = re.compile(r"9\d{4,5}|[48]00-?\d{3}-?\d{4}")
ACCOUNT = re.compile(r"\d{10}|\d{13}")
METER = re.compile(r"[0-9A-Za-z]{6,24}")
BUILDING = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]{1,12}")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
HALL_HOURS = re.compile(r"(?:[A-Z][a-z]{2}-[A-Z][a-z]{2} )?\d{2}:\d{2}-\d{2}:\d{2}")
PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-01)?")
DAY = re.compile(r"[T ]\d{2}:\d{2}(?::\d{2})?$")  # a spreadsheet's clock behind a date
CODE = re.compile(r"[0-9A-Za-z_.@-]{1,64}")
MAX_TEXT = 500
MAX_WHOLE = 100_000_000
MAX_AMOUNT = Decimal(10) ** 12


def text(cell: str) -> str:
    if not cell:
        raise ValueError("不能为空，请填写。")
    if len(cell) > MAX_TEXT:
        raise ValueError(f"太长了，最多 {MAX_TEXT} 个字。")
    return cell


def code(cell: str) -> str:
    if not CODE.fullmatch(text(cell)):
        raise ValueError(f"「{cell}」不能作编号，请只用字母、数字和 _ . @ -，不超过 64 个。")
    return cell


def optional(parse: Parse, empty: Any = None) -> Parse:
    """The same reading, with a value for an empty cell."""

    def read(cell: str) -> Any:
        return parse(cell) if cell else empty

    return read


def one_of(words: Iterable[str]) -> Parse:
    allowed = tuple(words)

    def read(cell: str) -> str:
        if cell not in allowed:
            listed = "、".join(word or "（空）" for word in allowed)
            raise ValueError(f"「{cell}」不在可填的词里，请改成其中一个：{listed}。")
        return cell

    return read


def flag(cell: str) -> bool:
    if cell not in {"0", "1"}:
        raise ValueError(f"「{cell}」不对，请填 0（否）或 1（是）。")
    return cell == "1"


def whole(least: int = 0, most: int = MAX_WHOLE) -> Parse:
    def read(cell: str) -> int:
        if not cell.isascii() or not cell.isdigit() or not least <= int(cell[:12]) <= most:
            raise ValueError(f"「{cell}」不是 {least} 到 {most} 的整数，请填阿拉伯数字。")
        return int(cell)

    return read


def degrees(limit: int) -> Parse:
    def read(cell: str) -> float:
        if not re.fullmatch(r"-?\d{1,3}(?:\.\d+)?", cell) or abs(float(cell)) > limit:
            raise ValueError(f"「{cell}」不是经纬度，请填 -{limit} 到 {limit} 的小数。")
        return float(cell)

    return read


def yuan(cell: str) -> str:
    return f"{_decimal(cell):.2f}"


def energy(cell: str) -> str:
    number = _decimal(cell)
    if number < 0:
        raise ValueError(f"「{cell}」是负数，电量请填 0 或正数。")
    return f"{number:f}"


def _decimal(cell: str) -> Decimal:
    try:
        number = Decimal(cell)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= MAX_AMOUNT:
        raise ValueError(f"「{cell}」不是数字，请只填数字和小数点。")
    return number


def phone(cell: str) -> str:
    number = cell.replace(" ", "")
    if not (MOBILE.fullmatch(number) or LANDLINE.fullmatch(number)):
        raise ValueError(f"「{cell}」不是电话号码，请填 11 位手机号或「区号-号码」。")
    return number


def station_phone(cell: str) -> str:
    return cell if SERVICE_LINE.fullmatch(cell) else phone(cell)


def account(cell: str) -> str:
    if not ACCOUNT.fullmatch(cell) or not cell.isascii():
        raise ValueError(f"「{cell}」不是户号，请填 10 位或 13 位数字（表格里设为文本格式）。")
    return cell


def meter(cell: str) -> str:
    if not METER.fullmatch(cell):
        raise ValueError(f"「{cell}」不是表号，请照电表铭牌填，6 到 24 位（表格里设为文本格式）。")
    return cell


def clock(cell: str) -> str:
    match = CLOCK.fullmatch(cell)
    if match is None:
        raise ValueError(f"「{cell}」不是钟点，请按 08:30 这样填。")
    return time(int(match[1]), int(match[2])).isoformat("minutes")


def hall_hours(cell: str) -> str:
    if not all(HALL_HOURS.fullmatch(part.strip()) for part in cell.split(";")):
        raise ValueError(f"「{cell}」不对，请按 08:30-17:30 或 Mon-Fri 08:30-17:30 填。")
    return cell


def period(cell: str) -> str:
    match = PERIOD.fullmatch(cell)
    if match is None:
        raise ValueError(f"「{cell}」不是年月，请按 2026-03 这样填。")
    return f"{match[1]}-{match[2]}"


def day(cell: str) -> str:
    try:
        return date.fromisoformat(DAY.sub("", cell)).isoformat()
    except ValueError:
        raise ValueError(f"「{cell}」不是日期，请按 2026-03-25 这样填。") from None


def moment(cell: str) -> datetime:
    """An instant; without an offset it is China's time."""
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(f"「{cell}」不是时间，请按 2026-03-25T08:00:00+08:00 这样填。") from None
    return found.replace(tzinfo=CHINA) if found.tzinfo is None else found.astimezone(CHINA)


def codes(cell: str) -> list[str]:
    found = listed(cell)
    if not found:
        raise ValueError("不能为空，请填编号，几个之间用 ; 隔开。")
    return found


def listed(cell: str) -> list[str]:
    parts = (part.strip() for part in re.split(r"[;；]", cell))
    return list(dict.fromkeys(part for part in parts if part))


def buildings(cell: str) -> list[str]:
    try:
        found = parse_buildings(cell.upper())
    except ValueError:
        raise ValueError(f"「{cell}」的楼栋区间写反了或太大，请按 1-6;8 这样从小到大填。") from None
    for one in found:
        if not BUILDING.fullmatch(one):
            raise ValueError(f"「{one}」不像楼栋号，请按 1-6;8 这样填（表格里设为文本格式）。")
    return found


def building(cell: str) -> str:
    """One building, bare; empty where a community has none."""
    if cell and not BUILDING.fullmatch(cell):
        raise ValueError(f"「{cell}」不像楼栋号，请只填号，例如 3；单元写到 room 列。")
    return cell.upper()
