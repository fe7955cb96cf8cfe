"""工时积分: one's own cases of a month and why each is worth that; disputes, and who decides them."""

import re
from calendar import monthrange
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import Person, only, person
from bot.console import faults
from bot.console import people as colleagues
from bot.console.may import LEADERS, STAFF
from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import DomainError, NotFoundError
from handlers.figures import people
from handlers.figures import points as worth
from handlers.figures.models import PointsDispute, TicketFact
from handlers.figures.totals import Span
from handlers.grid.models import Staff

MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])")
DIFFERENCE = re.compile(r"[+-]?\d{1,2}(\.\d{1,2})?")
NOT_A_NUMBER = "加减多少分请写数字，例如 1.5 或 -2；不改就写 0。"


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/points")
    @only(*STAFF)
    def points() -> ResponseReturnValue:
        return _page(parts)

    @console.post("/points/dispute")
    @only(*STAFF)
    def dispute_points() -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        number = request.form.get("number", "").strip()
        with parts.working() as desk:
            people.dispute(desk, number, by=person().userid, text=request.form.get("text", ""))
            _audit(desk, "points_dispute", number)
        flash(f"{number} 的异议已提交，站里处理后会告诉您。")
        return redirect(url_for(".points"))

    @console.post("/points/disputes/<int:dispute_id>")
    @only(*LEADERS)
    def decide_dispute(dispute_id: int) -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        form, who = request.form, person()
        granted = form.get("difference", "").strip().replace("＋", "+").replace("－", "-")
        if not DIFFERENCE.fullmatch(granted):
            raise DomainError(NOT_A_NUMBER, field="difference")
        with parts.working() as desk:
            _require_own(desk, dispute_id, who)
            people.decide(
                desk,
                dispute_id,
                by=who.userid,
                granted=float(granted),
                answer=form.get("answer", ""),
            )
            _audit(desk, "points_decide", str(dispute_id))
        flash("异议已处理，已告诉本人。")
        return redirect(url_for(".points"))


def _page(parts: Parts) -> str:
    who = person()
    with parts.looking() as desk:
        since, until = _month(desk.now.date())
        span = Span(since, until, who.station_code)
        cards = people.scorecards(desk, span)
        return render_template(
            "console/points.html",
            month=f"{since:%Y-%m}",
            card=next((card for card in cards if card.userid == who.userid), None),
            cards=cards if who.is_leading else [],
            cases=worth.of_month(desk.session, who.userid, since, until, desk.tables.points),
            disputes=_disputes(desk, who) if who.is_leading else [],
            source=desk.tables.points.source,
            wrong=request.view_args.get("dispute_id") if request.view_args else None,
        )


def _month(today: date) -> tuple[date, date]:
    """The days of the month asked for, this one unless told or where that is none."""
    match = MONTH.fullmatch(request.args.get("month", ""))
    year, month = (int(match[1]), int(match[2])) if match else (today.year, today.month)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _disputes(desk: Desk, who: Person) -> list[tuple[PointsDispute, TicketFact, str]]:
    """Open ones this person may decide: not one's own, a leader's of the own station."""
    found = people.open_disputes(desk.session, station_code=who.station_code)
    names = colleagues.names(desk, {one.userid for one in found})
    return [
        (one, desk.session.get_one(TicketFact, one.ticket_id), names.get(one.userid, one.userid))
        for one in found
        if one.userid != who.userid
    ]


def _require_own(desk: Desk, dispute_id: int, who: Person) -> None:
    found = desk.session.get(PointsDispute, dispute_id)
    raised_by = desk.session.get(Staff, found.userid) if found else None
    if raised_by is None or not (who.is_everywhere or raised_by.station_code == who.station_code):
        raise NotFoundError(people.NO_DISPUTE)


def _audit(desk: Desk, action: str, subject: str) -> None:
    who = person().userid
    audit.write(desk.session, actor=who, action=action, subject=subject, now=desk.now)
