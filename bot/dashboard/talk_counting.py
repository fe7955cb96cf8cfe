"""Add up how the bot did with what residents said."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.conversation.models import Utterance
from config.clock import china
from handlers.desk import Desk
from handlers.figures import marks
from handlers.figures.models import TalkCell
from nlu.intents import ACTIONS, OUT_OF_SCOPE

UTTERANCES = "utterances"
PERSON = "human_agent"
PAGE = 1000
# Lines of simultaneous talks may be committed out of their order for so long.
SETTLED = timedelta(seconds=60)
SOON_AFTER = timedelta(minutes=10)
Sums = dict[tuple[Any, ...], dict[str, int]]


def count_talk(desk: Desk) -> int:
    """Count the lines that are new, each once; returns how many."""
    mark = marks.take(desk.session, UTTERANCES)
    lines = desk.session.scalars(
        sa.select(Utterance)
        .where(Utterance.id > mark.last_id, Utterance.at <= desk.now - SETTLED)
        .order_by(Utterance.id)
        .limit(PAGE)
    ).all()
    sums: Sums = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    for line in lines:
        if line.speaker == "resident" and line.intent:
            _count(desk.session, line, sums)
    marks.add_up(desk.session, TalkCell, sums)
    if lines:
        mark.last_id = lines[-1].id
    return len(lines)


MEASURES = ("messages", "understood", "handed_over", "deflected")


def _count(session: Session, line: Utterance, sums: Sums) -> None:
    cell = sums[china(line.at).date(), line.intent]
    cell["messages"] += 1
    cell["understood"] += int(line.intent != OUT_OF_SCOPE)
    if line.intent != PERSON:
        return
    cell["handed_over"] += 1
    before = _before(session, line)
    if before is not None and before.intent and before.intent not in {*ACTIONS, PERSON}:
        sums[china(before.at).date(), before.intent]["deflected"] += 1


def _before(session: Session, line: Utterance) -> Utterance | None:
    """What the person had said right before, some minutes ago at most."""
    query = (
        sa.select(Utterance)
        .where(
            Utterance.user_id == line.user_id,
            Utterance.id < line.id,
            Utterance.speaker == "resident",
            Utterance.at >= line.at - SOON_AFTER,
        )
        .order_by(Utterance.id.desc())
    )
    return session.scalars(query.limit(1)).first()
