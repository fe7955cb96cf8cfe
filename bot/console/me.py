"""One's own page: shift, leave, password, and the way to the other pages on a phone."""

from datetime import datetime

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit, passwords
from bot.access.signed_in import only, person, remember
from bot.console import faults, people
from bot.console.may import STAFF
from bot.parts import Parts
from config.clock import CHINA
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid import service as registry
from handlers.grid.models import Grid, GridStaff, Role, Staff, StaffLeave, Station
from handlers.tickets import assignment, promises

NOT_RIGHT = "现在的密码不对。"
LOCKED = "试错太多次了，请 15 分钟后再试。"


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/me")
    @only(*STAFF)
    def me() -> ResponseReturnValue:
        return page(parts)

    @console.post("/me/leave")
    @only(*STAFF)
    def take_leave() -> ResponseReturnValue:
        faults.show_again(lambda: page(parts))
        form, who = request.form, person()
        starts, ends = _moment("starts_at"), _moment("ends_at")
        with parts.working() as desk:
            reason = form.get("reason", "").strip()[:100]
            registry.take_leave(desk, who.userid, starts, ends, reason)
            _audit(desk, "leave")
        flash("请假已记下，这段时间新工单派给 B 角。手上的单请先转派。")
        return redirect(url_for(".me"))

    @console.post("/me/leave/<int:leave_id>/cancel")
    @only(*STAFF)
    def cancel_leave(leave_id: int) -> ResponseReturnValue:
        with parts.working() as desk:
            leave = desk.session.get(StaffLeave, leave_id)
            if leave is None or leave.userid != person().userid:
                abort(404)
            desk.session.delete(leave)
            _audit(desk, "leave_cancel")
        flash("请假已取消。")
        return redirect(url_for(".me"))

    @console.post("/me/password")
    @only(*STAFF)
    def change_password() -> ResponseReturnValue:
        """A new password ends every other session of the account."""
        faults.show_again(lambda: page(parts))
        form = request.form
        if form.get("new") != form.get("again"):
            raise DomainError("两次写的新密码不一样。", field="again")
        prove(parts)
        with parts.working() as desk:
            staff = desk.session.get_one(Staff, person().userid)
            passwords.set_password(staff, form.get("new", ""))
            staff.sessions_valid_from = datetime.now(CHINA)
            _audit(desk, "password")
        remember(staff)
        flash("密码已改，其他设备上的登录都退出了。")
        return redirect(url_for(".me"))


def prove(parts: Parts) -> None:
    """Check the present password (and code); raises DomainError, the failure kept."""
    form = request.form
    with parts.working() as desk:
        try:
            found = passwords.sign_in(
                desk.session,
                userid=person().userid,
                password=form.get("password", ""),
                totp=form.get("totp", "").strip(),
                address=request.remote_addr or "",
                now=desk.now,
            )
        except passwords.LockedError as error:
            raise DomainError(LOCKED, field="password") from error
    if found is None:
        raise DomainError(NOT_RIGHT, field="password")


def page(parts: Parts) -> str:
    who = person()
    with parts.looking() as desk:
        session = desk.session
        staff = session.get_one(Staff, who.userid)
        duties = session.execute(
            sa.select(Grid.name, GridStaff.duty, GridStaff.is_responsible)
            .join(Grid, Grid.grid_code == GridStaff.grid_code)
            .where(GridStaff.userid == who.userid)
            .order_by(Grid.grid_code)
        ).all()
        leaves = session.scalars(
            sa.select(StaffLeave)
            .where(StaffLeave.userid == who.userid, StaffLeave.ends_at > desk.now)
            .order_by(StaffLeave.starts_at)
        ).all()
        station = session.get(Station, who.station_code) if who.station_code else None
        return render_template(
            "console/me.html",
            staff=staff,
            role=people.ROLE_WORDS[Role(staff.role)],
            station=station.name if station else "供电服务指挥中心",
            duties=duties,
            leaves=leaves,
            load=assignment.open_tickets(desk, [who.userid]).get(who.userid, 0),
            promised=promises.outstanding(desk, station_code=who.station_code)[:10]
            if who.station_code
            else [],
            has_totp=staff.totp_secret is not None,
            longest=passwords.MAX_LENGTH,
            shortest=passwords.MIN_LENGTH,
            now=desk.now,
        )


def _moment(field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(request.form.get(field, "").strip())
    except ValueError as error:
        raise DomainError("请选好开始和结束的时间。", field=field) from error
    return moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment.astimezone(CHINA)


def _audit(desk: Desk, action: str) -> None:
    who = person().userid
    audit.write(desk.session, actor=who, action=action, subject=who, now=desk.now)
