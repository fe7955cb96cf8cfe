"""Marks that look as if staff had made them, for a leader to look into; nothing is dropped."""

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.access.signed_in import only, person
from bot.console import people
from bot.console.may import LEADERS
from bot.parts import Parts
from handlers.grid.models import Staff
from handlers.surveys import anomalies as oddities

SHOWN = 100


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/anomalies")
    @only(*LEADERS)
    def anomalies() -> ResponseReturnValue:
        who = person()
        with parts.looking() as desk:
            found = [
                (survey, ticket, oddities.words(survey.flags))
                for survey, ticket in oddities.flagged(desk)
                if who.may_see(ticket)
            ]
            best = oddities.always_best(desk)
            colleagues = sa.select(Staff.userid)
            if not who.is_everywhere:
                colleagues = colleagues.where(Staff.station_code == who.station_code)
            own = set(desk.session.scalars(colleagues))
            return render_template(
                "console/anomalies.html",
                rows=found[:SHOWN],
                best=[one for one in best if one.userid in own],
                names=people.names(desk, {one.userid for one in best}),
                days=oddities.LOOK_BACK.days,
                many=oddities.MANY,
            )
