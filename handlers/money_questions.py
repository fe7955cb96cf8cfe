"""Questions about money that the guide answers where the tables and the forms do not."""

import re

from handlers.billing import prices, reconnection
from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn
from handlers.guide import dialogue as guide

WHEN_CUT = re.compile(
    r"(?:多久|几天|多少天|什么时候|会不会|会|要).{0,4}(?:停电|断电|停我|掐电|拉闸)"
)
ARREARS = "欠费"
ASK_PERSON = "想要准数，回「人工」，我请客户经理查。"


def query_price(turn: Turn, desk: Desk) -> Reply:
    """What has no figure is answered by the guide where it surely speaks of it."""
    word = prices.without_figure(turn.text) if turn.is_fresh else ""
    told = guide.page_about(turn, desk, word) if word else None
    return told.followed_by(ASK_PERSON) if told is not None else prices.query_price(turn, desk)


def request_reconnection(turn: Turn, desk: Desk) -> Reply:
    """Getting power back; who only asks when arrears lead to a cut reads the rule."""
    if turn.is_fresh and WHEN_CUT.search(turn.text):
        told = guide.page_about(turn, desk, ARREARS)
        if told is not None:
            return told
    return reconnection.request_reconnection(turn, desk)
