"""What may still be sent this month and this week, and what the plan will use up."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.access.signed_in import only
from bot.console.may import LEADERS
from bot.parts import Parts
from handlers.outages import budget as budgets


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/budget")
    @only(*LEADERS)
    def budget() -> ResponseReturnValue:
        with parts.looking() as desk:
            rows = budgets.forecast(desk)
            return render_template(
                "console/budget.html",
                rows=rows,
                short=[row for row in rows if row.exhausted_on],
                days=budgets.WEEK,
                today=desk.now.date(),
            )
