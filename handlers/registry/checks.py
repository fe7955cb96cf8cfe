"""What must be true of a registry before it is imported, and what is worth a warning."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.grid.models import GroupChannel, Role
from handlers.registry.report import Finding
from handlers.registry.shapes import SHAPES, Row

WITHOUT_STATION = {Role.COMMAND_CENTER, Role.ADMIN}


@dataclass(frozen=True, slots=True)
class Book:
    """All rows by file: those to be imported, and those that stay in the database.

    `names` says what each file is called; `accounts` are the account numbers that are known
    although they are not in the file.
    """

    rows: Mapping[str, list[Row]]
    names: Mapping[str, str]
    accounts: frozenset[str] = frozenset()

    def finding(self, file: str, row: Row | None, column: str, text: str) -> Finding:
        return Finding(self.names[file], row.line if row else None, column, text)

    def by_key(self, file: str) -> dict[Any, Row]:
        """Rows of a file whose key is a single column."""
        column = SHAPES[file].key_columns[0]
        return {r.values[column]: r for r in self.rows[file] if column in r.values}


def faults(book: Book) -> list[Finding]:
    """Everything that forbids the import, in the order of the files."""
    found = [
        *_duplicates(book),
        *_same_names(book),
        *_unknown_references(book),
        *_too_many_households(book),
        *_communities_without_area(book),
        *_shared_buildings(book),
        *_grids_without_responsible(book),
        *_staff_and_groups(book),
        *_backward_outages(book),
    ]
    order = {name: position for position, name in enumerate(book.names.values())}
    return sorted(found, key=lambda f: (order[f.file], f.row or 0, f.column))


def warnings(book: Book) -> list[Finding]:
    """What may be meant so, but is worth a look."""
    return [*_uncovered(book), *_shared_aliases(book), *_untrained(book)]


def _duplicates(book: Book) -> Iterator[Finding]:
    for name, shape in SHAPES.items():
        seen: dict[tuple[Any, ...], Row] = {}
        for row in book.rows[name]:
            key = row.key(shape)
            if key is None or row.line is None:
                continue
            if (first := seen.setdefault(key, row)) is not row:
                text = f"与第{first.line}行重复，请只留一行。"
                yield book.finding(name, row, shape.key_columns[-1], text)


def _same_names(book: Book) -> Iterator[Finding]:
    """Residents know a community by its name, so no two may share one."""
    seen: dict[str, Row] = {}
    for row in sorted(book.rows["communities"], key=lambda r: r.line or 0):
        name, code = row.values.get("name"), row.values.get("community_code")
        if name is None or code is None:
            continue
        first = seen.setdefault(name, row)
        if first.values["community_code"] != code:
            text = f"名称「{name}」与 {first.values['community_code']} 重复，请改成能区分的名称。"
            yield book.finding("communities", row, "name", text)


def _unknown_references(book: Book) -> Iterator[Finding]:
    known = {name: book.by_key(name).keys() for name in SHAPES}
    for name, shape in SHAPES.items():
        for column in shape.columns:
            if not column.refers_to:
                continue
            there = known[column.refers_to]
            for row in book.rows[name]:
                if row.line is None:
                    continue
                for value in _each(row.values.get(column.name)):
                    if value in there or (name == "bills" and value in book.accounts):
                        continue
                    target = book.names[column.refers_to]
                    text = f"「{value}」在 {target} 里没有，请改正，或先在 {target} 里补上。"
                    yield book.finding(name, row, column.name, text)


def _each(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _too_many_households(book: Book) -> Iterator[Finding]:
    sums: dict[str, int] = defaultdict(int)
    for row in book.rows["transformer_areas"]:
        sums[row.values.get("grid_code", "")] += row.values.get("households", 0)
    for code, row in book.by_key("grids").items():
        limit = row.values.get("household_limit")
        if limit is not None and sums[code] > limit:
            text = (
                f"网格 {code} 的台区合计 {sums[code]} 户，超过上限 {limit} 户，"
                f"请把台区划给别的网格，或核对上限。"
            )
            yield book.finding("grids", row, "household_limit", text)


def _communities_without_area(book: Book) -> Iterator[Finding]:
    fed = {row.values.get("community_code") for row in book.rows["community_areas"]}
    for code, row in book.by_key("communities").items():
        if code not in fed:
            text = f"{code} 没有挂到任何台区，请在 {book.names['community_areas']} 里补一行。"
            yield book.finding("communities", row, "community_code", text)


def _shared_buildings(book: Book) -> Iterator[Finding]:
    """A building has one transformer area; an empty list beside another row is all of them."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in book.rows["community_areas"]:
        if {"community_code", "area_code", "buildings"} <= row.values.keys():
            rows[row.values["community_code"]].append(row)
    for code, beside in rows.items():
        yield from _overlaps(book, code, _distinct(beside))


def _distinct(rows: list[Row]) -> list[Row]:
    """One row for each area (a repeated one is told as a duplicate), the database's first."""
    unique = {row.values["area_code"]: row for row in reversed(rows)}
    return sorted(unique.values(), key=lambda row: row.line or 0)


def _overlaps(book: Book, code: str, rows: list[Row]) -> Iterator[Finding]:
    everything = next((row for row in reversed(rows) if not row.values["buildings"]), None)
    if everything is not None and len(rows) > 1:
        other = next(row for row in reversed(rows) if row is not everything)
        text = (
            f"{code} 的台区 {everything.values['area_code']} 楼栋空着（就是全部），"
            f"又有台区 {other.values['area_code']}{_kept(other)}，请写明各自的楼栋。"
        )
        shown = everything if everything.line else other
        yield book.finding("community_areas", shown, "buildings", text)
    owner: dict[str, Row] = {}
    for row in rows:
        shared = [b for b in row.values["buildings"] if owner.setdefault(b, row) is not row]
        if shared:
            first = owner[shared[0]]
            text = (
                f"{code} 的 {'、'.join(shared[:10])} 栋已经给了台区 {first.values['area_code']}"
                f"{_kept(first)}，一栋只能挂一个台区，请改正。"
            )
            yield book.finding("community_areas", row, "buildings", text)


def _kept(row: Row) -> str:
    return "" if row.line else "（库里已有的行，要改就把它也写进文件）"


def _grids_without_responsible(book: Book) -> Iterator[Finding]:
    served = {
        row.values.get("grid_code")
        for row in book.rows["grid_staff"]
        if row.values.get("duty") == "A" and row.values.get("responsible")
    }
    for code, row in book.by_key("grids").items():
        if code not in served:
            text = (
                f"网格 {code} 没有责任人，请在 {book.names['grid_staff']} 里给它一个 "
                f"duty 为 A、responsible 为 1 的人。"
            )
            yield book.finding("grids", row, "grid_code", text)


def _staff_and_groups(book: Book) -> Iterator[Finding]:
    for row in book.rows["staff"]:
        role = row.values.get("role")
        if role and role not in WITHOUT_STATION and row.values.get("station_code", "?") is None:
            text = f"{role} 要有所在的站，请填站的编号。"
            yield book.finding("staff", row, "station_code", text)
        yield from _half_hours(book, "staff", row, ("starts", "ends"))
    for row in book.rows["groups"]:
        needs_owner = row.values.get("channel") == GroupChannel.CUSTOMER_GROUP
        if needs_owner and row.values.get("owner_userid", "?") is None:
            text = "客户群要有群主（发通知要群主确认），请填群主的 userid。"
            yield book.finding("groups", row, "owner_userid", text)
        yield from _half_hours(book, "groups", row, ("quiet_from", "quiet_until"))


def _half_hours(book: Book, file: str, row: Row, columns: tuple[str, str]) -> Iterator[Finding]:
    begin, end = (row.values.get(name) for name in columns)
    if begin is not None and end is not None and bool(begin) != bool(end):
        empty = columns[0] if not begin else columns[1]
        yield book.finding(file, row, empty, "起止时间要么都填，要么都空，请补上。")


def _backward_outages(book: Book) -> Iterator[Finding]:
    for row in book.rows["outages"]:
        begin, end = row.values.get("starts_at"), row.values.get("ends_at")
        if begin is not None and end is not None and end <= begin:
            text = "结束时间要晚于开始时间，请核对。"
            yield book.finding("outages", row, "ends_at", text)


def _uncovered(book: Book) -> Iterator[Finding]:
    groups: dict[str, list[list[str]]] = defaultdict(list)
    for row in book.rows["groups"]:
        for code in row.values["community_codes"]:
            groups[code].append(row.values["buildings"])
    covered: set[str] = set()
    for row in book.rows["community_areas"]:
        fed = set(row.values["buildings"])
        for told in groups.get(row.values["community_code"], []):
            if not told or not fed or fed & set(told):
                covered.add(row.values["area_code"])
    for code, row in book.by_key("transformer_areas").items():
        if code not in covered:
            text = f"台区 {code} 没有群覆盖，它的停电通知只能靠公众号和电话。"
            yield book.finding("transformer_areas", row, "area_code", text)
    for code, row in book.by_key("communities").items():
        if code not in groups:
            text = f"{row.values['name']} 没有群覆盖，它的停电通知只能靠公众号和电话。"
            yield book.finding("communities", row, "community_code", text)


def _shared_aliases(book: Book) -> Iterator[Finding]:
    """Names and aliases alike: whoever says one of them is asked which place is meant."""
    first: dict[str, Row] = {row.values["name"]: row for row in book.rows["communities"]}
    for row in book.rows["communities"]:
        for alias in row.values["aliases"]:
            other = first.setdefault(alias, row)
            if other.values["community_code"] != row.values["community_code"]:
                text = (
                    f"别名「{alias}」与 {other.values['name']} 共用，住户说到它时会再问是哪一个。"
                )
                yield book.finding("communities", row, "aliases", text)


def _untrained(book: Book) -> Iterator[Finding]:
    staff = book.by_key("staff")
    for row in book.rows["grid_staff"]:
        person = staff[row.values["userid"]]
        if row.values["duty"] == "B" and not person.values["safety_trained"]:
            text = f"B 角 {person.values['name']} 没有通过安规培训，不会派他顶动设备的活。"
            yield book.finding("grid_staff", row, "userid", text)
