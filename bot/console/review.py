"""Messages the engine was unsure of: people say what was meant, and it learns from them."""

from collections import defaultdict

import sqlalchemy as sa
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults
from bot.console.intent_words import INTENT_WORDS
from bot.console.may import LEADERS
from bot.parts import Parts
from handlers.errors import DomainError
from handlers.guide.models import ReviewItem, UnansweredQuestion

SHOWN = 50


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/review")
    @only(*LEADERS)
    def review() -> ResponseReturnValue:
        return _page(parts)

    @console.post("/review/<int:item_id>")
    @only(*LEADERS)
    def label(item_id: int) -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        meant, who = request.form.get("label", ""), person()
        if meant not in INTENT_WORDS:
            raise DomainError("请选住户的意思。", field="label")
        with parts.working() as desk:
            item = desk.session.get(ReviewItem, item_id, with_for_update=True)
            if item is None:
                abort(404)
            item.label, item.labelled_by, item.labelled_at = meant, who.userid, desk.now
            audit.write(
                desk.session,
                actor=who.userid,
                action="review_label",
                subject=str(item_id),
                now=desk.now,
                facts={"label": meant},
            )
        flash(f"记下了：{INTENT_WORDS[meant]}。")
        return redirect(url_for(".review"))

    @console.post("/questions/<int:question_id>")
    @only(*LEADERS)
    def answer_question(question_id: int) -> ResponseReturnValue:
        who = person()
        with parts.working() as desk:
            question = desk.session.get(UnansweredQuestion, question_id, with_for_update=True)
            if question is None:
                abort(404)
            question.resolved_by = who.userid
            audit.write(
                desk.session,
                actor=who.userid,
                action="question_resolved",
                subject=str(question_id),
                now=desk.now,
            )
        flash("已标为有答案了。")
        return redirect(url_for(".review"))

    @console.get("/review/export.yml")
    @only(*LEADERS)
    def export_labels() -> ResponseReturnValue:
        """The labelled lines as training data, for `nlu/data` after someone read them."""
        with parts.looking() as desk:
            labelled = desk.session.scalars(
                sa.select(ReviewItem).where(ReviewItem.label != "").order_by(ReviewItem.id)
            )
            by_intent: dict[str, list[str]] = defaultdict(list)
            for item in labelled:
                by_intent[item.label].append(" ".join(item.masked_text.split()))
        lines = ['version: "3.1"', "nlu:"]
        for intent, texts in sorted(by_intent.items()):
            lines += [f"- intent: {intent}", "  examples: |"]
            lines += [f"    - {text}" for text in dict.fromkeys(texts)]
        return Response("\n".join(lines) + "\n", mimetype="application/yaml")


def _page(parts: Parts) -> str:
    with parts.looking() as desk:
        session = desk.session
        waiting = sa.select(ReviewItem).where(ReviewItem.label == "")
        items = session.scalars(waiting.order_by(ReviewItem.id.desc()).limit(SHOWN)).all()
        open_questions = sa.select(UnansweredQuestion).where(UnansweredQuestion.resolved_by == "")
        questions = session.scalars(
            open_questions.order_by(UnansweredQuestion.count.desc()).limit(SHOWN)
        ).all()
        done = session.scalar(sa.select(sa.func.count()).where(ReviewItem.label != ""))
        left = session.scalar(sa.select(sa.func.count()).where(ReviewItem.label == ""))
        return render_template(
            "console/review.html",
            items=items,
            questions=questions,
            intents=INTENT_WORDS,
            done=done,
            left=left,
        )
