"""Delete what a conversation keeps of a person: words, memory, replies."""

from datetime import timedelta

import sqlalchemy as sa

from bot.conversation.models import Conversation, InboxMessage, Utterance
from handlers.desk import Desk
from handlers.privacy import erasure
from handlers.privacy.retention import drop

REDELIVERED = timedelta(hours=1)  # a redelivery comes within seconds, an old timestamp is refused


def leave(desk: Desk, openid: str) -> None:
    """Someone stopped following: nothing of the person is kept but tickets and their record.

    Pictures that no ticket has lose their rows here and their files with the next sweep. The
    conversation's own row is the caller's: it is locked and written by this very turn.
    """
    erasure.forget(desk, openid)
    forget_words(desk, openid)


def forget_words(desk: Desk, openid: str) -> None:
    """Replies of the last hour stay as empty rows, so that a redelivery still does nothing."""
    session, recent = desk.session, desk.now - REDELIVERED
    session.execute(sa.delete(Utterance).where(Utterance.user_id == openid))
    mine = InboxMessage.user_id == openid
    session.execute(sa.delete(InboxMessage).where(mine, InboxMessage.received_at < recent))
    session.execute(sa.update(InboxMessage).where(mine).values(reply=None))


def forget_sender(desk: Desk, openid: str) -> None:
    """What is left of the last hour's inbox is nobody's."""
    mine = sa.update(InboxMessage).where(InboxMessage.user_id == openid)
    desk.session.execute(mine.values(user_id=erasure.ERASED))


def forget_memory(desk: Desk, openid: str) -> None:
    desk.session.execute(sa.delete(Conversation).where(Conversation.user_id == openid))


def sweep(desk: Desk) -> int:
    """Delete one batch of what is kept long enough; returns how many rows it were."""
    days, session = desk.tables.retention, desk.session
    said = Utterance.at < desk.now - timedelta(days=days.utterances)
    came = InboxMessage.received_at < desk.now - timedelta(days=days.inbox)
    quiet = Conversation.updated_at < desk.now - timedelta(days=days.conversations)
    return (
        drop(session, Utterance, said)
        + drop(session, InboxMessage, came)
        + drop(session, Conversation, quiet)
    )
