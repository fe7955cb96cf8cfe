"""The pocket handbook for staff, questions without an answer, and messages to be relabelled."""

import re
from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa

from config.guides import Audience
from handlers.desk import Desk
from handlers.errors import DomainError, NotFoundError
from handlers.guide import pages, search
from handlers.guide.models import ReviewItem, UnansweredQuestion
from handlers.masking import mask_text
from nlu.intents import INTENTS

MAX_TEXT = 500
HANDBOOK = re.compile(r"^(?:查一下|查询|查|口袋书|手册)[\s:：，,]*(.*)$", re.DOTALL)
QUESTION = re.compile(
    r"[?？吗呢]|怎么|咋|如何|什么|啥|多少|多久|多远|多高|多大|几|哪|要不要|能不能|原因|处理|注意|流程|要求"
)
HANDBOOK_HELP = "口袋书：发「查 电压低」这样的词，给您原因、处理和注意事项。"
NOT_IN_HANDBOOK = "口袋书里没有，已记下请编写的同事补上。拿不准的操作先问班长，别凭经验干。"
NEAR = "没有正好的，是不是要查：\n{titles}"
MUCH = 0.15
NO_MARKUP = str.maketrans("[](){}", "【】（）｛｝")  # brackets mark entities in nlu/data
NO_INTENT = "没有「{intent}」这个意图。"
NO_QUESTION = "没有这条问题。"
NO_ITEM = "没有这条待复核的消息。"


class Ranked(Protocol):
    """An intent with its score, as `nlu.understanding.IntentScore` has it."""

    @property
    def intent(self) -> str: ...
    @property
    def score(self) -> float: ...


def answer_staff(desk: Desk, text: str) -> str | None:
    """The pocket handbook's answer to a member of staff; None where the words ask it nothing.

    「查 …」 and 「口袋书 …」 always get an answer, if only that there is none.
    """
    asked = HANDBOOK.match(text.strip())
    words = asked[1].strip() if asked else text.strip()
    if asked and not words:
        return HANDBOOK_HELP
    own = search.staff(desk).search(words, on=desk.now.date())
    is_question = asked is not None or QUESTION.search(words) is not None
    found = _better(own, search.residents(desk).search(words, on=desk.now.date()))
    if search.is_sure(found) and (is_question or found[0].score >= search.VERY_SURE):
        return _handbook(desk, found)
    if not is_question:
        return None
    near = [one for one in own if one.score >= search.MAYBE]
    not_answered(desk, words, intent="", audience=Audience.STAFF)
    if not near:
        return NOT_IN_HANDBOOK if asked else None
    return NEAR.format(titles="\n".join(f"查 {one.page.title}" for one in near))


def _better(own: list[search.Found], others: list[search.Found]) -> list[search.Found]:
    """The handbook's pages, unless one for residents fits much better."""
    if not others or (own and own[0].score + MUCH >= others[0].score):
        return own
    return others


def _handbook(desk: Desk, found: list[search.Found]) -> str:
    page = found[0].page
    said = pages.filled(f"【{page.title}】\n{page.answer}", desk.tables.contacts)
    more = [one.page.title for one in found[1:] if one.score >= search.SURE]
    lines = [said, pages.filled(page.details, desk.tables.contacts)]
    if more:
        lines.append("还可以查：" + "、".join(more))
    return "\n".join(filter(None, lines))


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


def resolve(desk: Desk, question_id: int, page: str) -> UnansweredQuestion:
    """Take a question off the list: the page that answers it now, or why none does."""
    question = desk.session.get(UnansweredQuestion, question_id)
    if question is None:
        raise NotFoundError(NO_QUESTION)
    question.resolved_by = page
    return question


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


def to_review(desk: Desk, *, limit: int = 100) -> list[ReviewItem]:
    """The messages without a label yet, newest first."""
    query = sa.select(ReviewItem).where(ReviewItem.label == "").order_by(ReviewItem.id.desc())
    return list(desk.session.scalars(query.limit(limit)))


def relabel(desk: Desk, item_id: int, intent: str, by: str) -> ReviewItem:
    """Say what a message meant; raises NotFoundError, and DomainError for no such intent."""
    if intent not in INTENTS:
        raise DomainError(NO_INTENT.format(intent=intent), field="intent")
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
        line = " ".join(item.masked_text.translate(NO_MARKUP).split())
        if line not in by_intent.setdefault(item.label, []):
            by_intent[item.label].append(line)
    lines = ['version: "3.1"', "nlu:" if by_intent else "nlu: []"]
    for intent in sorted(by_intent):
        lines += [f"- intent: {intent}", "  examples: |"]
        lines += [f"    - {line}" for line in by_intent[intent]]
    return "\n".join(lines)
