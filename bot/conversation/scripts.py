"""The shape of a door's script: how its messages are answered within the transaction."""

from collections.abc import Callable
from typing import Any

from bot.conversation.models import Conversation
from handlers.desk import Desk
from handlers.dialogue.turn import Inbound, Reply
from nlu.understanding import Understanding

Script = Callable[
    [Desk, Inbound, Understanding | None, Conversation, dict[str, Any]],
    Reply,
]
