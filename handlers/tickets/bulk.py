"""Tickets of a channel without an API, from a CSV or Excel file: all of them or none."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.clock import CHINA
from handlers.desk import Desk
from handlers.tickets import intake, sheets
from handlers.tickets.intake import Received
from handlers.tickets.models import Category, Source
from handlers.tickets.rules import CATEGORY_WORDS
from handlers.tickets.sheets import UnreadableError

MOST_ROWS = 5000
LONGEST = {"external_number": 64, "text": 4000, "community": 200, "address": 200, "name": 200}
COLUMNS: dict[str, tuple[str, ...]] = {
    "external_number": ("工单编号", "编号", "单号", "受理编号"),
    "category": ("类别", "诉求类别"),
    "text": ("内容", "诉求内容", "受理内容"),
    "account_number": ("户号", "用户编号"),
    "community": ("小区", "小区或村"),
    "address": ("地址", "用电地址"),
    "name": ("姓名", "联系人"),
    "phone": ("电话", "联系电话"),
    "reported_at": ("受理时间", "时间"),
}
NEEDED = ("external_number", "category", "text")
PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")
ACCOUNT = re.compile(r"\d{10}|\d{13}")
MOMENTS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日 %H:%M")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where; `row` as the spreadsheet counts."""

    row: int
    column: str
    words: str

    def __str__(self) -> str:
        return f"第{self.row}行{'「' + self.column + '」' if self.column else ''}：{self.words}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """With faults nothing was written. `numbers` of the tickets, old ones among them."""

    faults: tuple[Fault, ...] = ()
    created: int = 0
    known: int = 0
    numbers: tuple[str, ...] = ()


def import_tickets(
    desk: Desk, name: str, content: bytes, *, source: Source, by: str, dry_run: bool = False
) -> Outcome:
    """Check every row, then take all of them down; the same number again is the same ticket."""
    try:
        lines = sheets.read(name, content, most_rows=MOST_ROWS)
    except UnreadableError as error:
        return Outcome(faults=(Fault(1, "", str(error)),))
    wanted, faults = _check(lines, source, desk.now)
    if faults or dry_run:
        return Outcome(faults=tuple(faults), created=0 if faults else len(wanted))
    made = [intake.receive(desk, one, by=by) for one in wanted]
    created = sum(1 for _, is_new in made if is_new)
    return Outcome((), created, len(made) - created, tuple(ticket.number for ticket, _ in made))


@dataclass(slots=True)
class Reading:
    """The rows of one file as they are read, and what is wrong with them."""

    source: Source
    now: datetime
    header: list[str]
    places: dict[str, int]
    faults: list[Fault] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def row(self, number: int, line: Sequence[str]) -> Received | None:
        """One request, None where something is wrong with it or the row is empty."""
        cells = {
            name: line[at].strip() if at < len(line) else "" for name, at in self.places.items()
        }
        if not any(cells.values()):
            return None
        values: dict[str, Any] = {}
        before = len(self.faults)
        for name, cell in cells.items():
            try:
                values[name] = _value(name, cell, self.now)
            except ValueError as error:
                self._fault(number, name, str(error))
        key = cells["external_number"]
        if (first := self.seen.setdefault(key, number)) != number and key:
            self._fault(number, "external_number", f"和第{first}行的编号一样。")
        if len(self.faults) > before:
            return None
        return Received(source_channel=self.source, **values)

    def _fault(self, row: int, name: str, words: str) -> None:
        self.faults.append(Fault(row, self.header[self.places[name]], words))


def _check(
    lines: Sequence[Sequence[str]], source: Source, now: datetime
) -> tuple[list[Received], list[Fault]]:
    header = [cell.strip() for cell in lines[0]] if lines else []
    places, faults = _places(header)
    if faults:
        return [], faults
    reading = Reading(source, now, header, places)
    rows = [reading.row(number, line) for number, line in enumerate(lines[1:], start=2)]
    wanted = [one for one in rows if one is not None]
    if not wanted and not reading.faults:
        return [], [Fault(2, "", "表里没有内容。")]
    return wanted, reading.faults


def _places(header: list[str]) -> tuple[dict[str, int], list[Fault]]:
    """Which column holds what, by the API's names or the Chinese ones."""
    places = {}
    for name, others in COLUMNS.items():
        at = next((header.index(one) for one in (name, *others) if one in header), None)
        if at is not None:
            places[name] = at
    missing = [COLUMNS[name][0] for name in NEEDED if name not in places]
    return places, [Fault(1, name, "缺少这一列，请补上表头。") for name in missing]


def _value(name: str, cell: str, now: datetime) -> Any:
    """A cell as `Received` wants it; raises ValueError that says what is wrong."""
    if not cell:
        if name in NEEDED:
            raise ValueError("不能空着。")
        return None
    if name in LONGEST and len(cell) > LONGEST[name]:
        raise ValueError(f"太长，最多{LONGEST[name]}个字。")
    if "\x00" in cell:
        raise ValueError("里面有看不见的坏字符，请重新输入。")
    reader = READERS.get(name)
    return reader(cell, now) if reader else cell


def _category(cell: str, now: datetime) -> Category:
    for category, words in CATEGORY_WORDS.items():
        if cell in {category.value, words}:
            return category
    raise ValueError(f"没有「{cell[:20]}」这一类，可以写：{'、'.join(CATEGORY_WORDS.values())}。")


def _account(cell: str, now: datetime) -> str:
    plain = re.sub(r"[\s-]", "", cell)
    if not ACCOUNT.fullmatch(plain):
        raise ValueError("户号是10位或13位数字；在表格软件里请把这一列设成文本。")
    return plain


def _phone(cell: str, now: datetime) -> str:
    plain = re.sub(r"\s", "", cell)
    if not PHONE.fullmatch(plain):
        raise ValueError("电话是11位手机号，或区号加号码。")
    return plain


def _moment(cell: str, now: datetime) -> datetime:
    """ISO, or as spreadsheets write it; China time where none is told."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        moment = _written(cell)
    moment = moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment
    if moment > now + intake.SKEW:
        raise ValueError("时间在以后，请核对。")
    if moment < now - intake.EARLIEST:
        raise ValueError("时间在一年以前，请核对。")
    return moment


def _written(cell: str) -> datetime:
    for shape in MOMENTS:
        try:
            return datetime.strptime(cell, shape).replace(tzinfo=CHINA)
        except ValueError:
            continue
    raise ValueError("时间请写成 2026-11-25 10:30 这样。")


READERS: dict[str, Callable[[str, datetime], Any]] = {
    "category": _category,
    "account_number": _account,
    "phone": _phone,
    "reported_at": _moment,
}
