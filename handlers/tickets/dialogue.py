"""Being put through to a person, and taking down what no other flow serves."""

from typing import Any

from handlers.customers import places as homes
from handlers.desk import Desk
from handlers.dialogue.case import case_of, story
from handlers.dialogue.turn import Reply, Turn
from handlers.grid.places import ask_place
from handlers.grid.queries import on_duty
from handlers.tickets import contact, service, words
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket

WANTS_PERSON = "住户要求人工：{text}"
COMING = "已请{who}来和您聊，单号 {number}。您可以先把事情写在这里，他看得到。"
OFF_HOURS = (
    "现在是下班时间，已留言给{who}，上班后先联系您，单号 {number}。\n急事请打 {hotline}（24小时）。"
)
ASK_PLACE_FIRST = "马上给您转人工。"
NO_WORDS = "住户要求人工服务"


def human_agent(turn: Turn, desk: Desk) -> Reply:
    """To the person of the open ticket, else to the grid's responsible person with a new one."""
    case = case_of(turn)
    open_tickets = contact.open_of(desk, turn.user_id)
    if open_tickets:
        ticket = service.get(desk, open_tickets[0].number)
        service.urge(desk, ticket, text=WANTS_PERSON.format(text=story(case) or turn.inbound.text))
        return turn.finish(_waiting(desk, ticket))
    home = homes.known_place(desk, turn.user_id)
    where = home if home is not None and "place" not in case else ask_place(turn, desk)
    if isinstance(where, Reply):
        return Reply(f"{ASK_PLACE_FIRST}{where.text}", where.choices, is_final=False)
    ticket, _ = open_ticket(
        desk,
        Wish(
            category=Category.CONSULT,
            text=story(case) or NO_WORDS,
            intent="human_agent",
            openid=turn.user_id,
            community_code=where.community_code,
            place_text=where.name,
            building=where.building,
            phone=case["facts"].get("phone") or homes.known_phone(desk, turn.user_id),
        ),
    )
    turn.memory["person"] = ticket.number
    return turn.finish(_waiting(desk, ticket))


def take_down(
    turn: Turn,
    desk: Desk,
    *,
    lead: str = "",
    category: Category | None = None,
    fields: dict[str, Any] | None = None,
) -> Reply:
    """Open a ticket for a wish that needs a person, once its place is known."""
    case = case_of(turn)
    home = homes.known_place(desk, turn.user_id)
    where = (
        home if home is not None and "place" not in case and not turn.values("community") else None
    )
    found = where or ask_place(turn, desk)
    if isinstance(found, Reply):
        return Reply(f"{lead}\n{found.text}" if lead else found.text, found.choices, is_final=False)
    ticket, is_new = open_ticket(
        desk,
        Wish(
            category=category or Category.CONSULT,
            text=story(case) or turn.inbound.text,
            intent=turn.meaning.intent,
            openid=turn.user_id,
            community_code=found.community_code,
            place_text=found.name,
            building=found.building,
            room=found.room,
            phone=case["facts"].get("phone") or homes.known_phone(desk, turn.user_id),
            account_number=case["facts"].get("account_number"),
            fields=fields or {},
        ),
    )
    said = words.taken_down(desk, ticket, found, is_new=is_new)
    return turn.finish(f"{lead}\n{said}" if lead else said)


def _waiting(desk: Desk, ticket: Ticket) -> str:
    person = ticket.assignee
    is_there = person is not None and bool(on_duty(desk.session, [person], desk.now))
    sentence = COMING if is_there or person is None else OFF_HOURS
    return sentence.format(
        who=person.name if person else "供电服务指挥中心",
        number=ticket.number,
        hotline=desk.tables.contacts.hotline,
    )
