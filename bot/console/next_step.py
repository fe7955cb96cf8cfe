"""The one big next step of a ticket."""

from dataclasses import dataclass

from bot.console import application
from handlers.desk import Desk
from handlers.errors import NotAllowedError
from handlers.grid.models import Staff
from handlers.tickets import permissions
from handlers.tickets.models import Action, State, Ticket


@dataclass(frozen=True, slots=True)
class Step:
    """`action` is what the button posts; empty where a place must be found first."""

    action: str
    words: str
    hint: str
    needs_text: bool = False


ACCEPT = Step("accept", "接单", "接了住户就会收到：谁负责、什么时候到")
DEPART = Step("depart", "出发", "住户会收到「师傅已出发」")
ARRIVE = Step("arrive", "到场", "住户会收到「师傅已到场」")
RESOLVE = Step("resolve", "办结", "写给住户的处理结果，必填", needs_text=True)
PLACE = Step("place", "指定地点", "住户说的地点不在登记里，先定小区")


def of(desk: Desk, ticket: Ticket) -> Step | None:
    """接单 → 出发 → 到场 → 办结; what nobody has to visit goes from 接单 to 办结.

    Between 接单 and 办结 an application goes from stage to stage.
    """
    state = State(ticket.state)
    if state == State.OPEN and ticket.grid_code is None:
        return PLACE
    if state in {State.OPEN, State.ASSIGNED, State.REOPENED}:
        return ACCEPT
    if state == State.ARRIVED:
        return RESOLVE
    if state != State.ACCEPTED:
        return None
    if stage := application.running_stage(desk, ticket):
        return Step("stage", f"完成「{stage}」", "住户会收到进展和下一步")
    if ticket.category not in desk.tables.routing.rules.hands_on:
        return RESOLVE
    return ARRIVE if _has_departed(ticket) else DEPART


def barred(desk: Desk, staff: Staff, ticket: Ticket, following: Step | None) -> str:
    """Why this person may not take the next step, and who can; empty when he may."""
    if following is None or following is PLACE:
        return ""
    try:
        like = application.LIKE.get(following.action) or Action(following.action)
        permissions.require(desk, staff, ticket, like)
    except NotAllowedError as refusal:
        return refusal.message
    return ""


def _has_departed(ticket: Ticket) -> bool:
    """Since it was last accepted anew."""
    for event in reversed(ticket.events):
        if event.action == Action.DEPART:
            return True
        if event.action in {Action.REOPEN, Action.TRANSFER, Action.ASSIGN}:
            return False
    return False
