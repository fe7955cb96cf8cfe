"""Danger: the safety words at once, the ticket before any question, then the place."""

from typing import Any

from handlers.customers import places as homes
from handlers.desk import Desk
from handlers.dialogue.answers import is_skip
from handlers.dialogue.case import ToldDanger, case_of, story
from handlers.dialogue.turn import Danger, Reply, Turn
from handlers.grid.places import ASK_WHERE, Where, ask_place
from handlers.tickets import safety, service
from handlers.tickets.contact import open_of
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, add_words, open_ticket, raise_to_p0
from handlers.tickets.placing import place_ticket


def report_hazard(turn: Turn, desk: Desk) -> Reply:
    """Danger: the safety words at once, the ticket before any question, then the place."""
    return _report(turn, desk, case_of(turn), Category.HAZARD)


def at_once(turn: Turn, desk: Desk, category: Category) -> Reply | None:
    """The same for whoever's life hangs on the supply; None where no life does."""
    case = case_of(turn)
    if turn.danger is None or not turn.danger.is_p0:
        return None
    if case.get("opened_in_danger"):
        return _report(turn, desk, case, category)
    return _raise_open(turn, desk, turn.danger, category) or _report(turn, desk, case, category)


def _raise_open(turn: Turn, desk: Desk, danger: Danger, category: Category) -> Reply | None:
    """Where such a repair is open already it becomes P0; another place named is a new report."""
    mine = (ticket for ticket in open_of(desk, turn.user_id) if ticket.category == category)
    ticket = None if turn.values("community") else next(mine, None)
    if ticket is None:
        return None
    add_words(desk, ticket, turn.inbound.text, by="resident")
    raise_to_p0(desk, ticket, why=turn.inbound.text)
    said = safety.words(desk, danger, ticket)
    return turn.finish(said if ticket.phone else f"{said}\n{safety.LEAVE_PHONE}")


def _report(turn: Turn, desk: Desk, case: dict[str, Any], category: Category) -> Reply:
    if "ticket" not in case:
        return _danger(turn, desk, case, category)
    ticket = service.get(desk, case["ticket"])
    if turn.danger is not None and not isinstance(turn.danger, ToldDanger):
        _more_danger(turn, desk, ticket, turn.danger)
        if not turn.values("community") and case.get("place", {}).get("asking"):
            said = safety.words(desk, turn.danger, ticket)
            return Reply(f"{said}\n{safety.ASK_WHERE}{ASK_WHERE}", is_final=False)
    if "place" in case and case["place"].get("asking"):
        return _danger_place(turn, desk, ticket)
    if not is_skip(turn.inbound.text):
        add_words(desk, ticket, turn.inbound.text, by="resident")
    return turn.finish(
        safety.NOTED.format(number=ticket.number, hotline=desk.tables.contacts.hotline)
    )


def _more_danger(turn: Turn, desk: Desk, ticket: Ticket, danger: Danger) -> None:
    """What is told besides of the same spot, at once; life at stake makes it P0."""
    add_words(desk, ticket, turn.inbound.text, by="resident")
    if danger.is_p0:
        raise_to_p0(desk, ticket, why=turn.inbound.text)


def _danger(turn: Turn, desk: Desk, case: dict[str, Any], category: Category) -> Reply:
    """Open the ticket with whatever place is known; the general queue is paged else."""
    named = turn.values("community")
    home = homes.known_place(desk, turn.user_id)
    where = ask_place(turn, desk, known=None) if len(named) == 1 else None
    is_certain = isinstance(where, Where)
    likely = where if isinstance(where, Where) else (home if not named else None)
    ticket, is_new = open_ticket(
        desk,
        Wish(
            category=category,
            text=story(case) or turn.inbound.text,
            intent=turn.meaning.intent,
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
    case["opened_in_danger"] = True
    said = safety.words(desk, turn.danger, ticket)
    if not is_new and ticket.community_code is not None:
        return turn.finish(said)  # told again: the place is known
    if is_certain and _is_for_life(turn):
        return _ask_house(turn, desk, ticket, said)
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
    said = safety.placed(ticket, where)
    return _ask_house(turn, desk, ticket, said) if _is_for_life(turn) else turn.finish(said)


def _is_for_life(turn: Turn) -> bool:
    return turn.danger is not None and turn.danger.kind == "life_support"


def _ask_house(turn: Turn, desk: Desk, ticket: Ticket, said: str) -> Reply:
    """Whoever depends on a machine is looked for at a door, not in an estate."""
    question = ask_place(turn, desk, needs_building=True)
    if isinstance(question, Where):
        lacks_phone = not ticket.phone and safety.LEAVE_PHONE not in said
        return turn.finish(f"{said}\n{safety.LEAVE_PHONE}" if lacks_phone else said)
    return Reply(f"{said}\n\n{question.text}", question.choices, is_final=False)
