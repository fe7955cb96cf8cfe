"""Half-filled applications, kept for days so that they can be resumed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from config.recall import found_none, recall
from handlers.applications.models import Draft
from handlers.desk import Desk

HAS_BEGUN = sa.exists().where(Draft.openid == sa.bindparam("writer"))


def save(desk: Desk, openid: str, service: str, answers: dict[str, Any]) -> None:
    """Keep what was told so far; one draft for each person and service."""
    draft = _draft(desk, openid, service)
    if draft is None:
        draft = Draft(openid=openid, service=service)
        desk.session.add(draft)
    draft.answers, draft.saved_at = answers, desk.now


def find(desk: Desk, openid: str, service: str) -> dict[str, Any] | None:
    """What was told before, if that is not too long ago."""
    draft = _draft(desk, openid, service)
    if draft is None or draft.saved_at < _oldest(desk):
        return None
    return draft.answers


def latest(desk: Desk, openid: str) -> Draft | None:
    """What a person began last and has not handed in, if that is not too long ago."""
    found = recall(
        desk.session, Draft.__tablename__, f"begun by {openid}", lambda: _newest(desk, openid)
    )
    return next(iter(found), None)


def has_none(desk: Desk, openid: str) -> None:
    """Another statement has found no draft of this person."""
    found_none(desk.session, Draft.__tablename__, f"begun by {openid}")


def drop(desk: Desk, openid: str, service: str) -> None:
    desk.session.execute(sa.delete(Draft).where(Draft.openid == openid, Draft.service == service))


def forget(desk: Desk, openid: str) -> None:
    """Remove everything a person began, when they leave."""
    desk.session.execute(sa.delete(Draft).where(Draft.openid == openid))


def prune(desk: Desk) -> None:
    """Remove what nobody came back to."""
    desk.session.execute(sa.delete(Draft).where(Draft.saved_at < _oldest(desk)))


def _draft(desk: Desk, openid: str, service: str) -> Draft | None:
    query = sa.select(Draft).where(Draft.openid == openid, Draft.service == service)
    return desk.session.scalars(query.order_by(Draft.id.desc()).limit(1)).first()


def _newest(desk: Desk, openid: str) -> Sequence[Draft]:
    query = sa.select(Draft).where(Draft.openid == openid, Draft.saved_at >= _oldest(desk))
    newest = query.order_by(Draft.saved_at.desc(), Draft.id.desc()).limit(1)
    return desk.session.scalars(newest).all()


def _oldest(desk: Desk) -> datetime:
    return desk.now - timedelta(days=desk.tables.services.draft_days)
