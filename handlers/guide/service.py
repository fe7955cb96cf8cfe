"""The pocket handbook for staff, questions without an answer, and messages to be relabelled."""

from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.guide.models import ReviewItem, UnansweredQuestion
from handlers.masking import mask_text

MAX_TEXT = 500
NO_ITEM = "没有这条待复核的消息。"


class Ranked(Protocol):
    """An intent with its score, as `nlu.understanding.IntentScore` has it."""

    @property
    def intent(self) -> str: ...
    @property
    def score(self) -> float: ...


def answer_staff(desk: Desk, text: str) -> str | None:
    """The handbook's answer to a member of staff; None where it has none."""
    return None


def not_answered(desk: Desk, text: str, *, intent: str, audience: str = "resident") -> None:
    """List a question for the editors; the same words again only count."""
    masked = mask_text(text.strip())[:MAX_TEXT]
    if not masked:
        return
    known = desk.session.scalar(
        sa.select(UnansweredQuestion).where(
            UnansweredQuestion.masked_text == masked,
            UnansweredQuestion.audience == audience,
            UnansweredQuestion.resolved_by == "",
        )
    )
    if known is not None:
        known.count += 1
        known.asked_at = desk.now
        return
    desk.session.add(
        UnansweredQuestion(
            masked_text=masked, intent=intent, audience=audience, asked_at=desk.now, count=1
        )
    )


def unanswered(desk: Desk, *, audience: str = "", limit: int = 100) -> list[UnansweredQuestion]:
    """What the editors have still to answer, the most often asked first."""
    query = sa.select(UnansweredQuestion).where(UnansweredQuestion.resolved_by == "")
    if audience:
        query = query.where(UnansweredQuestion.audience == audience)
    query = query.order_by(UnansweredQuestion.count.desc(), UnansweredQuestion.asked_at.desc())
    return list(desk.session.scalars(query.limit(limit)))


def review(desk: Desk, text: str, ranking: Sequence[Ranked], *, why: str) -> None:
    """Keep a message for the review page, numbers of people hidden; unlabelled twins once."""
    masked = mask_text(text.strip())[:MAX_TEXT]
    if not masked or _is_waiting(desk, masked):
        return
    desk.session.add(
        ReviewItem(
            masked_text=masked,
            ranking=[{"intent": r.intent, "score": round(r.score, 4)} for r in ranking[:5]],
            why=why,
            at=desk.now,
        )
    )


def _is_waiting(desk: Desk, masked: str) -> bool:
    query = sa.select(ReviewItem.id).where(ReviewItem.masked_text == masked, ReviewItem.label == "")
    return desk.session.scalar(query.limit(1)) is not None


def relabel(desk: Desk, item_id: int, intent: str, by: str) -> ReviewItem:
    """Say what a message meant; raises NotFoundError."""
    item = desk.session.get(ReviewItem, item_id)
    if item is None:
        raise NotFoundError(NO_ITEM)
    item.label, item.labelled_by, item.labelled_at = intent, by, desk.now
    return item


def export_yaml(desk: Desk) -> str:
    """The relabelled messages in the form of nlu/data, intent by intent."""
    query = sa.select(ReviewItem).where(ReviewItem.label != "").order_by(ReviewItem.id)
    by_intent: dict[str, list[str]] = {}
    for item in desk.session.scalars(query):
        line = " ".join(item.masked_text.split())
        if line not in by_intent.setdefault(item.label, []):
            by_intent[item.label].append(line)
    lines = ['version: "3.1"', "nlu:" if by_intent else "nlu: []"]
    for intent in sorted(by_intent):
        lines += [f"- intent: {intent}", "  examples: |"]
        lines += [f"    - {line}" for line in by_intent[intent]]
    return "\n".join(lines)
