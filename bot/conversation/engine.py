"""Answer one message of any door: understand, then everything in one transaction.

This is the only place that catches what nobody expected: the writer always gets words.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.conversation import inbox, sorry
from bot.conversation.registry import Registry
from bot.conversation.scripts import Script
from bot.desks import Desks
from config.clock import Clock
from config.database import Database, reason
from handlers import reactions
from handlers.dialogue.turn import Choice, Door, Inbound, InboundKind, Reply
from nlu.understanding import Engine, Understanding
from notifier.outbox import WAKES

log = structlog.get_logger(__name__)

MAX_TEXT = 10000


@dataclass(frozen=True, slots=True)
class ConversationEngine:
    """Turns an Inbound into a Reply; stateless, shared by all threads of a process."""

    database: Database
    desks: Desks
    registry: Registry
    nlu: Engine
    scripts: dict[Door, Script]
    clock: Clock
    on_commit: Callable[[], None]

    def respond(self, inbound: Inbound) -> Reply:
        """The reply to a message; the same one for each redelivery of it; never raises."""
        understanding = None
        try:
            understanding = self._understand(inbound)
            return self._answer(inbound, understanding)
        except (OperationalError, PoolTimeoutError) as error:
            log.warning("database_trouble", key=inbound.key, reason=reason(error))
        except Exception:
            log.exception("conversation_failed", key=inbound.key, door=inbound.door)
        return sorry.reply(inbound, understanding)

    def _understand(self, inbound: Inbound) -> Understanding | None:
        if inbound.kind not in {InboundKind.TEXT, InboundKind.VOICE} or not inbound.text.strip():
            return None
        text = inbound.text[:MAX_TEXT]
        return self.nlu.understand(text, at=inbound.at, gazetteer=self.registry.gazetteer())

    def _answer(self, inbound: Inbound, understanding: Understanding | None) -> Reply:
        try:
            with self.database.scope() as session:
                desk = self.desks.at(session)
                script = self.scripts[inbound.door]
                opened = inbox.open_turn(desk, inbound, script.beside(desk, inbound))
                reply = script.answer(desk, inbound, understanding, opened)
                reactions.settle(desk)
                inbox.close_turn(desk, inbound, opened, asdict(reply))
        except inbox.AnsweredError:
            with self.database.reading() as session:
                return _load(inbox.remembered(session, inbound.key))
        if session.info.get(WAKES) or inbound.door != Door.OFFICIAL_ACCOUNT:
            self.on_commit()
        return reply


def _load(stored: dict[str, Any] | None) -> Reply:
    """A stored reply as it was said; the choices are part of its text by then."""
    if stored is None:
        return Reply("")
    choices = tuple(Choice(c["label"], c["value"], tuple(c["words"])) for c in stored["choices"])
    return Reply(stored["text"], choices, stored["is_final"], stored["link"], stored["card"])
