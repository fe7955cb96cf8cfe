"""Declare and lift force majeure: the clocks of repairs stand still meanwhile."""

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults, people
from bot.console.may import LEADERS
from bot.parts import Parts
from handlers.errors import DomainError, NotAllowedError
from handlers.grid.models import Role, Station
from handlers.tickets import standstill
from handlers.tickets import storms as force_majeure

MAY_DECLARE = (Role.STATION_HEAD, Role.COMMAND_CENTER, Role.ADMIN)
EVERYWHERE = "*"
LISTED = 20


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/storms")
    @only(*LEADERS)
    def storms() -> ResponseReturnValue:
        return _page(parts)

    @console.post("/storms/declare")
    @only(*MAY_DECLARE)
    def declare_storm() -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        who, where = person(), _where()
        with parts.working() as desk:
            reason = request.form.get("reason", "")
            force_majeure.declare(desk, reason=reason, by=who.userid, station_code=where)
            audit.write(
                desk.session,
                actor=who.userid,
                action="storm_declare",
                subject=where or EVERYWHERE,
                now=desk.now,
            )
        flash("已宣布。抢修和复电的时限停走，危及生命的照常计时。")
        return redirect(url_for(".storms"))

    @console.post("/storms/lift")
    @only(*MAY_DECLARE)
    def lift_storm() -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        who, where = person(), _where()
        with parts.working() as desk:
            number = force_majeure.lift(desk, station_code=where)
            audit.write(
                desk.session,
                actor=who.userid,
                action="storm_lift",
                subject=where or EVERYWHERE,
                now=desk.now,
            )
        flash(f"已解除，{number} 张在办工单的时限已顺延。")
        return redirect(url_for(".storms"))


def _where() -> str | None:
    """The station the form names, `*` for all; a station head decides about the own one."""
    wanted, who = request.form.get("station", "").strip(), person()
    if not wanted:
        raise DomainError("请选哪个站。", field="station")
    if not who.is_everywhere and wanted != who.station_code:
        raise NotAllowedError("只能为自己的站宣布，全部站请找指挥中心。", field="station")
    return None if wanted == EVERYWHERE else wanted


def _page(parts: Parts) -> str:
    who = person()
    with parts.looking() as desk:
        query = sa.select(Station).order_by(Station.station_code)
        if not who.is_everywhere:
            query = query.where(Station.station_code == who.station_code)
        stations = {one.station_code: one.name for one in desk.session.scalars(query)}
        declared = [
            one
            for one in standstill.declared(desk)
            if who.is_everywhere or one.station_code in {None, who.station_code}
        ]
        return render_template(
            "console/storms.html",
            stations=stations,
            going_on=[one for one in declared if one.ends_at is None],
            past=[one for one in reversed(declared) if one.ends_at is not None][:LISTED],
            names=people.names(desk, {one.declared_by for one in declared}),
            may_declare=who.role in MAY_DECLARE,
            everywhere=EVERYWHERE,
        )
