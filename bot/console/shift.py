"""The shift: today's brief, promises still open, notes of the last shift, one's own note."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults, people
from bot.console.may import LEADERS, STAFF
from bot.parts import Parts
from handlers.grid.models import Grid, Staff
from handlers.tickets import briefs, handovers, misrouting


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/shift")
    @only(*STAFF)
    def shift() -> ResponseReturnValue:
        return _page(parts)

    @console.post("/shift/handover")
    @only(*STAFF)
    def hand_over() -> ResponseReturnValue:
        faults.show_again(lambda: _page(parts))
        who = person().userid
        with parts.working() as desk:
            note = handovers.write(
                desk, desk.session.get_one(Staff, who), request.form.get("text", "")
            )
            names = people.names(desk, set(note.to_userids))
            subject = str(note.id)
            audit.write(desk.session, actor=who, action="handover", subject=subject, now=desk.now)
        flash(f"已交给{'、'.join(names.values())}。")
        return redirect(url_for(".shift"))

    @console.get("/misrouted")
    @only(*LEADERS)
    def misrouted() -> ResponseReturnValue:
        """What was sent to the wrong grid: the registry is to be put right there."""
        who = person()
        with parts.looking() as desk:
            names = {one.grid_code: one.name for one in desk.session.query(Grid)}
            station = None if who.is_everywhere else who.station_code
            rows = misrouting.corrections(desk, station_code=station)
            return render_template("console/misrouted.html", rows=rows, grids=names)


def _page(parts: Parts) -> str:
    with parts.looking() as desk:
        me = desk.session.get_one(Staff, person().userid)
        notes = handovers.latest(desk, me.station_code)
        return render_template(
            "console/shift.html",
            brief=briefs.facts(desk, me),
            promised=[briefs.promise_line(desk, one) for one in briefs.outstanding(desk, me)[:50]],
            notes=[
                briefs.note_line(desk, one.from_userid, one.written_at, one.text) for one in notes
            ],
        )
