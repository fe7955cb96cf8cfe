"""An application that cannot be granted: every reason and what can be done, told once."""

from collections.abc import Sequence

from handlers.applications import service, wording
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.tickets import service as tickets
from handlers.tickets.models import Ticket
from handlers.tickets.rules import ACTIVE

DECLINED = "declined"
SORRY = "这次没能办成，原因："
INSTEAD = "可以这样办：{instead}"
APPEAL = "不认可的话，回「人工」找{who}，或打 {hotline}；也可以打 {regulator} 反映。"
NEED_REASONS = "请选或写明办不成的全部原因，住户会看到。"
NEED_INSTEAD = "请写明住户接下来可以怎么办，例如：等台区改造完（预计明年3月）我们联系您。"
COMMAND = "供电服务指挥中心"


def decline(desk: Desk, ticket: Ticket, reasons: Sequence[str], *, by: str, instead: str) -> None:
    """End an application without granting it; what was to come is dropped."""
    told = list(dict.fromkeys(reason.strip() for reason in reasons if reason.strip()))
    if not service.stages_of(desk, ticket):
        raise DomainError(service.NOT_AN_APPLICATION)
    if ticket.state not in ACTIVE:
        raise DomainError(service.OVER.format(number=ticket.number))
    if not told:
        raise DomainError(NEED_REASONS, field="reasons")
    if not instead.strip():
        raise DomainError(NEED_INSTEAD, field="instead")
    service.withdraw(desk, ticket)
    ticket.fields = {**ticket.fields, "outcome": DECLINED, "missing": []}
    contacts = desk.tables.contacts
    who = ticket.assignee.name if ticket.assignee else COMMAND
    lines = [
        wording.numbered(told, SORRY),
        INSTEAD.format(instead=instead.strip()),
        APPEAL.format(who=who, hotline=contacts.hotline, regulator=contacts.regulator),
    ]
    tickets.resolve(desk, ticket, by=by, text="\n".join(lines))
