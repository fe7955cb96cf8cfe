"""Give a money matter to the grid's marketing manager, with its figures."""

from typing import Any

from handlers.billing.accounts import is_private
from handlers.customers import places as homes
from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.dialogue.case import case_of, story
from handlers.dialogue.turn import Reply, Turn
from handlers.grid.models import Community
from handlers.grid.places import Where
from handlers.tickets import words
from handlers.tickets.dialogue import take_down
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket

REPLY_BY = "最晚{when}答复您结果。"
RESTORED_BY = "交清后最晚{when}恢复供电。"


def hand_over(
    turn: Turn,
    desk: Desk,
    customer: Customer | None,
    *,
    category: Category = Category.BILLING,
    fields: dict[str, Any] | None = None,
    lead: str = "",
) -> Reply:
    """Open the ticket of an account, or of the place told where no account is known.

    `lead` is said once, also where the place is asked first.
    """
    case = case_of(turn)
    lead = "" if case.get("led") else "\n".join(filter(None, (case.get("why"), lead)))
    case["led"] = True
    if customer is None:
        return take_down(turn, desk, lead=lead, category=category, fields=fields)
    where = _where(desk, customer)
    ticket, is_new = open_ticket(
        desk,
        Wish(
            category=category,
            text=story(case) or turn.inbound.text,
            intent=turn.meaning.intent,
            openid=turn.user_id,
            community_code=where.community_code,
            place_text=where.name,
            building=where.building,
            room=where.room,
            name=customer.name,
            phone=case["facts"].get("phone")
            or homes.known_phone(desk, turn.user_id)
            or customer.phone,
            account_number=customer.account_number,
            fields=fields or {},
        ),
    )
    if not is_new and fields:
        ticket.fields = {**ticket.fields, **fields}
    said = words.taken_down(
        desk, ticket, where if is_private(turn) else _rough(where), is_new=is_new
    )
    if is_new:
        said += _until(desk, ticket)
    return turn.finish(f"{lead}\n{said}" if lead else said)


def _until(desk: Desk, ticket: Ticket) -> str:
    """The last of the ticket's clocks that the resident should know."""
    for stage, sentence in (("restoration", RESTORED_BY), ("reply", REPLY_BY)):
        if when := words.due_text(ticket, desk.now, stage):
            return "\n" + sentence.format(when=when)
    return ""


def _where(desk: Desk, customer: Customer) -> Where:
    community = desk.session.get_one(Community, customer.community_code)
    return Where(customer.community_code, community.name, customer.building, customer.room or "")


def _rough(where: Where) -> Where:
    return Where(where.community_code, where.name, where.building)
