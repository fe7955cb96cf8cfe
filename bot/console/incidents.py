"""Suspected outages: the duty officer sees by which reports, and says whether it is one."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults, suspects
from bot.console.may import DUTY, require_areas
from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import DomainError, NotFoundError
from handlers.outages import columns
from handlers.outages import incidents as suspicions
from handlers.outages.columns import Columns
from handlers.outages.models import Kind


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/incidents")
    @only(*DUTY)
    def incidents() -> ResponseReturnValue:
        return _page(parts)

    @console.get("/incidents/<int:incident_id>")
    @only(*DUTY)
    def incident(incident_id: int) -> ResponseReturnValue:
        """Where the alert's link leads, also once somebody has judged it."""
        return _one_page(parts, incident_id)

    @console.post("/incidents/<int:incident_id>/confirm")
    @only(*DUTY)
    def confirm_incident(incident_id: int) -> ResponseReturnValue:
        who, form = person(), request.form
        with parts.working() as desk:
            found = suspicions.get(desk, incident_id)
            require_areas(desk, [found.area_code], who)
            faults.show_again(lambda: _one_page(parts, incident_id))
            outage = suspicions.confirm(
                desk,
                found,
                by=who.userid,
                ends_at=_ends_at(desk, found.area_code),
                reason=form.get("reason", "").strip()[:200],
            )
            _audit(desk, "incident_confirm", incident_id, outage.outage_code)
            code = outage.outage_code
        flash(f"已确认停电并发布 {code}，报修的住户会收到通知。")
        return redirect(url_for(".outage", code=code))

    @console.post("/incidents/<int:incident_id>/dismiss")
    @only(*DUTY)
    def dismiss_incident(incident_id: int) -> ResponseReturnValue:
        with parts.working() as desk:
            found = suspicions.get(desk, incident_id)
            require_areas(desk, [found.area_code], person())
            faults.show_again(lambda: _one_page(parts, incident_id))
            suspicions.dismiss(desk, found, by=person().userid)
            _audit(desk, "incident_dismiss", incident_id)
        flash("已记为不是停电，各张报修照常处理。")
        return redirect(url_for(".incidents"))


def _ends_at(desk: Desk, area_code: str) -> datetime | None:
    """When power is expected, as the form has it; None leaves it to the usual length."""
    text = request.form.get("ends_at", "").strip()
    if not text:
        return None
    base = Columns(Kind.FAULT, (area_code,), desk.now, desk.now)
    ends_at = columns.changed(base, {"ends_at": text}).ends_at
    if ends_at <= desk.now:
        raise DomainError("预计送电时间要晚于现在。", field="ends_at")
    return ends_at


def _page(parts: Parts) -> str:
    with parts.looking() as desk:
        return render_template(
            "console/incidents.html",
            waiting=suspects.waiting(desk, person()),
            decided=suspects.decided(desk, person()),
            hours=desk.tables.outages.default_fault_hours,
            may_act=True,
        )


def _one_page(parts: Parts, incident_id: int) -> str:
    with parts.looking() as desk:
        found = suspicions.get(desk, incident_id)
        if not suspects.is_own(desk, person(), found):
            raise NotFoundError("没有这个疑似停电，或者它不在您的站里。")
        return render_template(
            "console/incident.html",
            one=suspects.card(desk, found),
            hours=desk.tables.outages.default_fault_hours,
            may_act=True,
        )


def _audit(desk: Desk, action: str, incident_id: int, outage: str = "") -> None:
    audit.write(
        desk.session,
        actor=person().userid,
        action=action,
        subject=str(incident_id),
        now=desk.now,
        facts={"outage": outage} if outage else {},
    )
