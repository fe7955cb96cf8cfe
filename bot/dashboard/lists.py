"""The tickets behind a figure."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from bot.access.signed_in import LEADING, only, person
from bot.dashboard.scope import span_of, station_of
from bot.parts import Parts
from handlers.figures import live
from handlers.tickets.models import Category, State
from handlers.tickets.rules import CATEGORY_WORDS, STATE_WORDS


def register(wall: Blueprint, parts: Parts) -> None:
    @wall.get("/tickets")
    @only(*LEADING)
    def tickets() -> ResponseReturnValue:
        args = request.args
        figure = args.get("figure", "created")
        if figure not in live.FIGURES:
            abort(404)
        with parts.looking() as desk:
            span = span_of(desk, station_of(desk, person(), args), args)
            facts = live.behind(
                desk.session,
                figure,
                span,
                desk.now,
                age=args.get("age", ""),
                category=args.get("category", ""),
                grid_code=args.get("grid", ""),
                person=args.get("person", ""),
                area_code=args.get("area", ""),
                state=args.get("state", ""),
            )
            outages = live.outages_behind(desk.session, figure, span, desk.now)
            rows = [
                {
                    "number": fact.number,
                    "matter": CATEGORY_WORDS[Category(fact.category)],
                    "state": STATE_WORDS[State(fact.state)],
                    "day": fact.opened_at,
                    "grid": fact.grid_code or "总队列",
                }
                for fact in facts
            ]
        return render_template(
            "dashboard/tickets.html",
            person=person(),
            title=live.FIGURES[figure][0],
            span=None if figure in live.NOW_ONLY else span,
            rows=rows,
            outages=outages,
            is_cut=len(rows) == live.SHOWN,
        )
