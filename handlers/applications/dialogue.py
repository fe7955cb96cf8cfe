"""Applications for supply, charging piles, solar, tariffs and changes of an account."""

from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn
from handlers.tickets.dialogue import take_down
from handlers.tickets.models import Category
from handlers.tickets.rules import category_of


def check_meter(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk, category=Category.METER)


def apply_charging_pile(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk, category=Category.CHARGING_PILE)


def apply_pv(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk, category=Category.PV)


def apply_supply(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk, category=Category.SUPPLY)


def apply_tariff(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk, category=Category.TARIFF)


def change_account(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk, category=Category.ACCOUNT)


def close_account(turn: Turn, desk: Desk) -> Reply:
    return take_down(turn, desk, category=Category.ACCOUNT)


def move_equipment(turn: Turn, desk: Desk) -> Reply:
    """移表、移杆: meters and boxes are the meter staff's, the rest is supply."""
    return take_down(turn, desk, category=category_of(turn.meaning.intent, turn.text))
