"""The shape of a door's script: how its messages are answered within the transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation.inbox import Beside, Opened
from handlers.desk import Desk
from handlers.dialogue.turn import Inbound, Reply
from nlu.understanding import Understanding


def nothing(_desk: Desk, _inbound: Inbound) -> Beside:
    return Beside()


@dataclass(frozen=True, slots=True)
class Script:
    """`beside` says what is written and read together with the opening of a turn."""

    answer: Callable[[Desk, Inbound, Understanding | None, Opened], Reply]
    beside: Callable[[Desk, Inbound], Beside] = nothing
