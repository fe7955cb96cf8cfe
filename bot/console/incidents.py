"""Suspected outages: the duty officer says whether it is one."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults
from bot.console import outages as pages
from bot.console.may import DUTY, require_areas
from bot.parts import Parts
from handlers.errors import DomainError
from handlers.outages import columns, incidents
from handlers.outages.columns import Columns
from handlers.outages.models import Kind


def register(console: Blueprint, parts: Parts) -> None:
    @console.post("/incidents/<int:incident_id>/confirm")
    @only(*DUTY)
    def confirm_incident(incident_id: int) -> ResponseReturnValue:
        faults.show_again(lambda: pages.list_page(parts))
        who, form = person(), request.form
        with parts.working() as desk:
            incident = incidents.get(desk, incident_id)
            require_areas(desk, [incident.area_code], who)
            ends_at = None
            if text := form.get("ends_at", "").strip():
                base = Columns(Kind.FAULT, (incident.area_code,), desk.now, desk.now)
                ends_at = columns.changed(base, {"ends_at": text}).ends_at
                if ends_at <= desk.now:
                    raise DomainError("预计送电时间要晚于现在。", field="ends_at")
            reason = form.get("reason", "").strip()[:200]
            outage = incidents.confirm(
                desk, incident, by=who.userid, ends_at=ends_at, reason=reason
            )
            audit.write(
                desk.session,
                actor=who.userid,
                action="incident_confirm",
                subject=str(incident_id),
                now=desk.now,
                facts={"outage": outage.outage_code},
            )
            code = outage.outage_code
        flash(f"已确认停电并发布 {code}，报修的住户会收到通知。")
        return redirect(url_for(".outage", code=code))

    @console.post("/incidents/<int:incident_id>/dismiss")
    @only(*DUTY)
    def dismiss_incident(incident_id: int) -> ResponseReturnValue:
        faults.show_again(lambda: pages.list_page(parts))
        who = person()
        with parts.working() as desk:
            incident = incidents.get(desk, incident_id)
            require_areas(desk, [incident.area_code], who)
            incidents.dismiss(desk, incident, by=who.userid)
            audit.write(
                desk.session,
                actor=who.userid,
                action="incident_dismiss",
                subject=str(incident_id),
                now=desk.now,
            )
        flash("已记为不是停电，各张报修照常处理。")
        return redirect(url_for(".outages"))
