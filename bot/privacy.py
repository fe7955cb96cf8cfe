"""A person's export and erasure over business and doors together, and the sweep of old data."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.access import audit
from bot.access.models import EndedSession, LoginFailure
from bot.access.signed_in import LIFE
from bot.conversation import forgetting
from bot.conversation.models import Conversation, Utterance
from bot.jobs import is_ending
from bot.parts import Parts
from config.database import blind
from handlers.desk import Desk
from handlers.privacy import erasure, export, retention, subject
from handlers.privacy.erasure import Erased
from handlers.tickets.models import Media

MAX_ROUNDS = 200
YOUNG = timedelta(hours=1)


def export_person(desk: Desk, who: str, *, with_residents: bool, by: str) -> dict[str, Any]:
    """All that is kept of a person as JSON; raises NotFoundError. The audit log says who asked."""
    found = subject.find(desk, who, with_residents=with_residents)
    _note(desk, "privacy_export", who, by)
    said = sa.select(Utterance).where(Utterance.user_id.in_(found.openids)).order_by(Utterance.id)
    remembered = sa.select(Conversation).where(Conversation.user_id.in_(found.openids))
    return export.export(desk, found) | {
        "conversation": [subject.plain(row) for row in desk.session.scalars(said)],
        "memory": [subject.plain(row) for row in desk.session.scalars(remembered)],
    }


def erase_person(desk: Desk, who: str, *, with_residents: bool, by: str) -> Erased:
    """Erase a person; raises NotFoundError. Remove the `files` of the result after its commit."""
    found = subject.find(desk, who, with_residents=with_residents)
    _note(desk, "privacy_erase", who, by)
    done = erasure.erase(desk, found)
    for openid in found.openids:
        forgetting.forget_words(desk, openid)
        forgetting.forget_sender(desk, openid)
        forgetting.forget_memory(desk, openid)
    return done


def sweep(parts: Parts) -> int:
    """Delete what was kept long enough, batch after batch; returns how many rows it were."""
    total = 0
    for _ in range(MAX_ROUNDS):
        with parts.working() as desk:
            count, files = retention.sweep(desk)
            count += forgetting.sweep(desk)
            old = desk.now - timedelta(days=desk.tables.retention.login_failures)
            count += retention.drop(desk.session, LoginFailure, LoginFailure.at < old)
            count += retention.drop(desk.session, EndedSession, EndedSession.at < desk.now - LIFE)
        remove_files(folder(parts), files)
        total += count
        if not count or is_ending():
            break
    _remove_orphans(parts)
    return total


def folder(parts: Parts) -> Path:
    return parts.settings.data_dir / "media"


def remove_files(folder: Path, names: list[str]) -> None:
    for name in filter(None, names):
        for path in (folder / name, folder / f"{name}.thumb"):
            path.unlink(missing_ok=True)


def _remove_orphans(parts: Parts) -> None:
    """Files whose row is gone; a young one may belong to a row that is not committed yet."""
    if not folder(parts).is_dir():
        return
    oldest = parts.clock.now().timestamp() - YOUNG.total_seconds()
    for path in folder(parts).iterdir():
        if path.stat().st_mtime > oldest:
            continue
        with parts.database.reading() as session:
            known = session.scalar(sa.select(Media.id).where(Media.path == path.stem))
        if known is None:
            path.unlink(missing_ok=True)


def _note(desk: Desk, action: str, who: str, by: str) -> None:
    """The person stands in the audit log as a fingerprint: the log outlives the erasure."""
    fingerprint = blind(desk.session, who, "subject")
    audit.write(desk.session, actor=by, action=action, subject=fingerprint, now=desk.now)
