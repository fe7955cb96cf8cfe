"""Suggestions: read by topic, those that say the same answered together, each proposer told."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults
from bot.console.may import LEADERS, own_ticket
from bot.parts import Parts
from handlers.errors import DomainError
from handlers.surveys import opinions as suggestions

MOST = 100
LONGEST = 1000
NOTHING_CHOSEN = "先勾上要答复的建议。"
NO_VERDICT = "请选采纳还是不采纳。"


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/opinions")
    @only(*LEADERS)
    def opinions() -> ResponseReturnValue:
        return _page(parts)

    @console.post("/opinions")
    @only(*LEADERS)
    def answer_opinions() -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        form, who = request.form, person()
        numbers = list(dict.fromkeys(form.getlist("number")))[:MOST]
        verdict = form.get("verdict", "")
        if not numbers:
            raise DomainError(NOTHING_CHOSEN, field="number")
        if verdict not in {"adopted", "declined"}:
            raise DomainError(NO_VERDICT, field="verdict")
        with parts.working() as desk:
            for number in numbers:
                own_ticket(desk, number, lock=False)
            suggestions.answer(
                desk,
                numbers,
                by=who.userid,
                is_adopted=verdict == "adopted",
                text=form.get("text", "")[:LONGEST],
            )
            for number in numbers:
                audit.write(
                    desk.session,
                    actor=who.userid,
                    action="opinion_answer",
                    subject=number,
                    now=desk.now,
                    facts={"verdict": verdict},
                )
        word = suggestions.ADOPTED if verdict == "adopted" else suggestions.DECLINED
        flash(f"{len(numbers)} 条建议{word}，提建议的人会收到您写的话。")
        return redirect(url_for(".opinions"))


def _page(parts: Parts) -> str:
    who = person()
    with parts.looking() as desk:
        return render_template(
            "console/opinions.html",
            waiting=suggestions.waiting(desk, who.station_code),
            month=suggestions.digest(desk, desk.now.year, desk.now.month, who.station_code),
            chosen=set(request.form.getlist("number")),
            longest=LONGEST,
            late=lambda at: _days(desk.now, at),
        )


def _days(now: datetime, at: datetime) -> int:
    return (now - at).days
