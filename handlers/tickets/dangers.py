"""Danger: the safety words at once, the ticket before any question, then the place."""

from typing import Any

from handlers.customers import places as homes
from handlers.desk import Desk
from handlers.dialogue.answers import is_skip
from handlers.dialogue.case import case_of, story
from handlers.dialogue.turn import Reply, Turn
from handlers.grid.places import Where, ask_place
from handlers.tickets import safety, service
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, add_words, open_ticket
from handlers.tickets.placing import place_ticket


def report_hazard(turn: Turn, desk: Desk) -> Reply:
    """Danger: the safety words at once, the ticket before any question, then the place."""
    case = case_of(turn)
    if "ticket" not in case:
        return _danger(turn, desk, case)
    ticket = service.get(desk, case["ticket"])
    if "place" in case and case["place"].get("asking"):
        return _danger_place(turn, desk, ticket)
    if not is_skip(turn.inbound.text):
        add_words(desk, ticket, turn.inbound.text, by="resident")
    return turn.finish(
        safety.NOTED.format(number=ticket.number, hotline=desk.tables.contacts.hotline)
    )


def _danger(turn: Turn, desk: Desk, case: dict[str, Any]) -> Reply:
    """Open the ticket with whatever place is known; the general queue is paged else."""
    named = turn.values("community")
    home = homes.known_place(desk, turn.user_id)
    where = ask_place(turn, desk, known=None) if len(named) == 1 else None
    is_certain = isinstance(where, Where)
    likely = where if isinstance(where, Where) else (home if not named else None)
    ticket, _ = open_ticket(
        desk,
        Wish(
            category=Category.HAZARD,
            text=story(case) or turn.inbound.text,
            intent="report_hazard",
            is_p0=turn.danger is not None and turn.danger.is_p0,
            openid=turn.user_id,
            community_code=likely.community_code if likely else None,
            place_text=likely.name if likely else "",
            building=likely.building if likely else "",
            room=likely.room if likely else "",
            phone=case["facts"].get("phone") or homes.known_phone(desk, turn.user_id),
            fields={"hazard": turn.danger.kind if turn.danger else "other"},
        ),
    )
    case["ticket"] = ticket.number
    said = safety.words(desk, turn.danger, ticket)
    if is_certain:
        turn.memory["form"]["takes_anything"] = True
        return Reply(f"{said}\n{safety.ASK_MORE}", is_final=False)
    question = ask_place(turn, desk, known=home)
    if isinstance(question, Reply):
        return Reply(f"{said}\n{safety.ASK_WHERE}{question.text}", question.choices, is_final=False)
    return Reply(said)


def _danger_place(turn: Turn, desk: Desk, ticket: Ticket) -> Reply:
    where = ask_place(turn, desk)
    if isinstance(where, Reply):
        return where
    place_ticket(desk, ticket, where, by="resident")
    return turn.finish(safety.placed(ticket, where))
