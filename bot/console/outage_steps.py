"""Duty officers compose, approve, publish, change, restore and cancel outages."""

from collections.abc import Callable, Mapping

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit, passwords
from bot.access.signed_in import Person, only, person
from bot.console import faults
from bot.console import outages as pages
from bot.console.may import DUTY, require_areas
from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import DomainError, StateConflictError
from handlers.grid.models import Feeder, Grid, TransformerArea
from handlers.outages import checks, columns, queries, rules, service, targeting
from handlers.outages.coverage import seen, visit_tasks
from handlers.outages.models import Outage

Step = Callable[[Desk, Outage, str], None]
CHANGED = "{code} 刚才有人改过，现在是{state}。没有保存，您写的还在，请看一眼再提交。"
STEP_UP = "影响超过 {limit} 户，请再输一次您的登录密码（开通两步验证的加上验证码）。"
NOT_YOU = "密码或验证码不对，没有通知任何人。"
PROVEN = frozenset({"publish", "change"})  # what carries new words to everyone
FIELDS = ("kind", "starts_at", "ends_at", "reason", "slot_reason", "late_reason", "waiver")


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/outages/new")
    @only(*DUTY)
    def compose() -> ResponseReturnValue:
        return form_page(parts, dict(request.args) | {"area_codes": request.args.get("areas", "")})

    @console.post("/outages/new")
    @only(*DUTY)
    def write_draft() -> ResponseReturnValue:
        faults.show_again(lambda: form_page(parts, request.form))
        who = person()
        asked = _columns(request.form)
        with parts.working() as desk:
            require_areas(desk, list(columns.parse(asked).area_codes), who)
            outage, _ = service.draft(desk, asked, by=who.userid)
            _audit(desk, outage, "draft", who)
            code = outage.outage_code
        flash(f"{code} 已登记为草稿，还没有通知任何人。看一下通知内容和覆盖，再发布。")
        return redirect(url_for(".outage", code=code))

    @console.get("/outages/<code>/edit")
    @only(*DUTY)
    def edit(code: str) -> ResponseReturnValue:
        with parts.looking() as desk:
            outage = service.get(desk, code, lock=False)
            values = queries.as_columns(outage) | {
                "area_codes": ";".join(targeting.codes(outage)),
                "version": str(outage.version),
                "starts_at": f"{outage.starts_at:%Y-%m-%dT%H:%M}",
                "ends_at": f"{outage.ends_at:%Y-%m-%dT%H:%M}",
            }
        return form_page(parts, values, code=code)

    @console.post("/outages/<code>/<action>")
    @only(*DUTY)
    def outage_step(code: str, action: str) -> ResponseReturnValue:
        if action not in STEPS:
            abort(404)
        step, done = STEPS[action]
        who, form = person(), request.form
        _keep(parts, code, action)
        proved = _prove(parts, who) if action in PROVEN and form.get("password") else False
        with parts.working() as desk:
            outage = service.get(desk, code)
            require_areas(desk, targeting.codes(outage), who)
            _require_seen(outage)
            if action == "publish" or (action == "change" and outage.state in rules.ANNOUNCED):
                _require_proof(desk, outage, has_proof=proved)
            step(desk, outage, who.userid)
            require_areas(desk, targeting.codes(outage), who)
            _audit(desk, outage, action, who)
        flash(f"{code} {done}")
        return redirect(url_for(".outage", code=code))


def form_page(parts: Parts, values: Mapping[str, str], *, code: str = "") -> str:
    who = person()
    with parts.looking() as desk:
        outage = service.get(desk, code, lock=False) if code else None
        is_draft = outage is None or outage.state in rules.DRAFTED
        return render_template(
            "console/compose.html",
            values=values,
            code=code,
            is_draft=is_draft,
            asks_password=outage is not None and not is_draft and _is_wide(desk, outage),
            kinds=rules.KIND_WORDS,
            areas=_areas(desk, who),
            chosen=set(values.get("area_codes", "").replace("；", ";").split(";"))
            | set(request.form.getlist("area")),
        )


def _keep(parts: Parts, code: str, action: str) -> None:
    """Where a fault is said: on the form for a change, else on the outage's page."""
    if action == "change":
        faults.show_again(lambda: form_page(parts, request.form, code=code))
        return
    with parts.looking() as desk:
        service.get(desk, code, lock=False)
    faults.show_again(lambda: pages.page(parts, code))


def _columns(form: Mapping[str, str]) -> dict[str, str]:
    """The form's columns; ticked areas and typed ones together."""
    typed = form.get("area_codes", "").replace("；", ";").replace("，", ";").replace(",", ";")
    found = {name: form.get(name, "").strip() for name in FIELDS}
    wanted = [one.strip() for one in (*typed.split(";"), *request.form.getlist("area"))]
    return found | {"area_codes": ";".join(dict.fromkeys(filter(None, wanted)))}


def _require_seen(outage: Outage) -> None:
    if request.form.get("version") != str(outage.version):
        state = rules.STATE_WORDS[outage.state]
        raise StateConflictError(CHANGED.format(code=outage.outage_code, state=state))


def _prove(parts: Parts, who: Person) -> bool:
    """Check the password again, in a transaction of its own: a failure must be kept."""
    form = request.form
    with parts.working() as desk:
        try:
            found = passwords.sign_in(
                desk.session,
                userid=who.userid,
                password=form.get("password", ""),
                totp=form.get("totp", "").strip(),
                address=request.remote_addr or "",
                now=desk.now,
            )
        except passwords.LockedError:
            found = None
    if found is None:
        raise DomainError(NOT_YOU, field="password")
    return True


def _require_proof(desk: Desk, outage: Outage, *, has_proof: bool) -> None:
    """Telling thousands asks for the password again: an open screen must not be enough."""
    if not has_proof and _is_wide(desk, outage):
        limit = desk.tables.outages.wide_households
        raise DomainError(STEP_UP.format(limit=limit), field="password")


def _is_wide(desk: Desk, outage: Outage) -> bool:
    return checks.is_wide(desk, columns.of(outage))


def _audit(desk: Desk, outage: Outage, action: str, who: Person) -> None:
    audit.write(
        desk.session,
        actor=who.userid,
        action=f"outage_{action}",
        subject=outage.outage_code,
        now=desk.now,
    )


def _areas(desk: Desk, who: Person) -> dict[str, list[TransformerArea]]:
    """The areas one may choose, by feeder."""
    query = (
        sa.select(Feeder.name, TransformerArea)
        .join(Feeder, Feeder.feeder_code == TransformerArea.feeder_code)
        .join(Grid, Grid.grid_code == TransformerArea.grid_code)
        .order_by(Feeder.feeder_code, TransformerArea.area_code)
    )
    if not who.is_everywhere:
        query = query.where(Grid.station_code == who.station_code)
    found: dict[str, list[TransformerArea]] = {}
    for feeder, area in desk.session.execute(query):
        found.setdefault(feeder, []).append(area)
    return found


def _submit(desk: Desk, outage: Outage, by: str) -> None:
    service.submit(desk, outage, by=by)


def _approve(desk: Desk, outage: Outage, by: str) -> None:
    service.approve(desk, outage, by=by)


def _publish(desk: Desk, outage: Outage, by: str) -> None:
    service.publish(desk, outage, by=by)


def _change(desk: Desk, outage: Outage, by: str) -> None:
    service.change(desk, outage, _columns(request.form), by=by)


def _cancel(desk: Desk, outage: Outage, by: str) -> None:
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise DomainError("请写上取消的原因。", field="reason")
    service.cancel(desk, outage, by=by, reason=reason[:200])


def _restore(desk: Desk, outage: Outage, by: str) -> None:
    text = request.form.get("at", "").strip()
    at = columns.changed(columns.of(outage), {"ends_at": text}).ends_at if text else None
    service.restore(desk, outage, by=by, at=at)


def _visits(desk: Desk, outage: Outage, by: str) -> None:
    if not visit_tasks(desk, outage, seen(desk, outage).untold):
        raise DomainError("没有需要上门的小区。")


STEPS: dict[str, tuple[Step, str]] = {
    "submit": (_submit, "已提交审核。"),
    "approve": (_approve, "审核通过，请另一位同事发布。"),
    "publish": (_publish, "已发布，正在通知。"),
    "change": (_change, "已改，正在通知受影响的人。"),
    "cancel": (_cancel, "已取消。"),
    "restore": (_restore, "已登记送电，正在通知。"),
    "visits": (_visits, "上门任务已派给网格责任人。"),
}
