"""Prices: the figures of the tariff tables, else the guide's page, else a person."""

from handlers.billing import prices
from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn
from handlers.guide import dialogue as guide

ASK_PERSON = "想要准数，回「人工」，我请客户经理查。"


def query_price(turn: Turn, desk: Desk) -> Reply:
    """What has no figure is answered by the guide where it surely speaks of it."""
    word = prices.without_figure(turn.text) if turn.is_fresh else ""
    told = guide.page_about(turn, desk, word) if word else None
    return told.followed_by(ASK_PERSON) if told is not None else prices.query_price(turn, desk)
