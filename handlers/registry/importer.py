"""Import a registry: everything is checked first, then all is written or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from handlers.billing.models import Bill
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid.service import bump_version
from handlers.outages import imports
from handlers.registry import accounts, checks, existing, reading, writing
from handlers.registry.checks import Book
from handlers.registry.existing import MODELS, Stored
from handlers.registry.report import FileChange, Finding, ImportReport
from handlers.registry.shapes import Row
from handlers.registry.writing import Plan

Rows = Mapping[str, list[Row]]

CLASH = "与库里已有的行冲突（同名或同号），请核对后再导入。"


@dataclass(frozen=True, slots=True)
class _Plans:
    """What is to be written, table by table; `bill_accounts` belong to the added bills."""

    files: dict[str, Plan]
    customers: Plan
    bills: Plan
    bill_accounts: list[str]
    outages: Plan


def import_registry(desk: Desk, path: Path, *, dry_run: bool = False) -> ImportReport:
    """Read a folder of CSV files or one .xlsx, and bring the registry up to it.

    Rows are updated by key; rows that are absent stay. With a fault, or for a dry run, nothing
    is written.
    """
    rows, names, faults = reading.read(path)
    if any(fault.row is None or fault.row == 1 for fault in faults):
        return ImportReport(faults=tuple(faults), is_dry_run=dry_run)
    stored = existing.load(desk.session)
    book = _book(desk, rows, names, stored)
    faults += checks.faults(book)
    if faults:
        return ImportReport(faults=_in_order(faults, names), is_dry_run=dry_run)
    warnings = tuple(checks.warnings(book))
    plans = _plan(desk, rows, stored)
    changes = tuple(_changes(plans, names))
    if dry_run:
        return ImportReport(warnings=warnings, changes=changes, is_dry_run=True)
    try:
        with desk.session.begin_nested():
            _write(desk, rows, plans)
            bump_version(desk)
    except DomainError as error:
        return ImportReport(faults=(Finding(names["outages"], None, "", error.message),))
    except IntegrityError:
        return ImportReport(faults=(Finding(path.name, None, "", CLASH),))
    desk.session.expire_all()
    return ImportReport(warnings=warnings, changes=changes)


def _in_order(faults: list[Finding], names: Mapping[str, str]) -> tuple[Finding, ...]:
    order = {name: position for position, name in enumerate(names.values())}
    return tuple(sorted(faults, key=lambda f: (order.get(f.file, -1), f.row or 0)))


def _book(desk: Desk, rows: Rows, names: Mapping[str, str], stored: dict[str, Stored]) -> Book:
    """The files together with what stays beside them."""
    merged = {
        file: listed + existing.absent_rows(file, stored.get(file, {}), listed)
        for file, listed in rows.items()
    }
    told = {row.values.get("account_number") for row in rows["customers"]}
    billed = {row.values.get("account_number") for row in rows["bills"]} - told - {None}
    known = existing.customer_ids(desk.session, [account for account in billed if account])
    return Book(merged, names, frozenset(known))


def _plan(desk: Desk, rows: Rows, stored: dict[str, Stored]) -> _Plans:
    files = {file: writing.plan(file, rows[file], stored[file]) for file in MODELS}
    customers = accounts.plan_customers(desk.session, rows["customers"])
    bills, bill_accounts = accounts.plan_bills(desk.session, rows["bills"])
    outages = writing.plan_outages(desk.session, rows["outages"])
    return _Plans(files, customers, bills, bill_accounts, outages)


def _write(desk: Desk, rows: Rows, plans: _Plans) -> None:
    for file, plan in plans.files.items():
        writing.write_file(desk.session, file, plan)
    writing.write_aliases(desk.session, rows["communities"])
    writing.write(desk.session, Customer, plans.customers)
    accounts.complete_bills(desk.session, plans.bills, plans.bill_accounts)
    writing.write(desk.session, Bill, plans.bills)
    desk.session.expire_all()
    imports.import_rows(desk, [*plans.outages.added, *plans.outages.changed])


def _changes(plans: _Plans, names: Mapping[str, str]) -> list[FileChange]:
    changes = [plan.as_change(names[file]) for file, plan in plans.files.items()]
    changes.append(plans.customers.as_change(names["customers"]))
    changes.append(plans.bills.as_change(names["bills"]))
    changes.append(plans.outages.as_change(names["outages"]))
    return changes
