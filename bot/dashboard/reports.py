"""Weekly and monthly reports as a page, a workbook and a PDF."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import LEADING, only, person
from bot.dashboard import tables
from bot.dashboard.scope import Links, links_of, span_of, station_of
from bot.dashboard.table import is_number, is_share, shown
from bot.dashboard.workbook import KIND, workbook
from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.figures import over_time, reports
from handlers.figures.reports import Report
from handlers.figures.totals import Totals
from handlers.grid.models import Station

WEEKS = 13


def register(wall: Blueprint, parts: Parts) -> None:
    @wall.get("/reports")
    @only(*LEADING)
    def report() -> ResponseReturnValue:
        who = person()
        with parts.looking() as desk:
            found = _asked(desk)
            stations = desk.session.scalars(sa.select(Station).order_by(Station.station_code)).all()
            return render_template(
                "dashboard/report.html",
                person=who,
                report=found,
                summary=tables.summary(found, links_of(who, found.span.station_code)),
                tables=tables.tables(found),
                chart=_chart(found, links_of(who, found.span.station_code)),
                shown=shown,
                is_share=is_share,
                is_number=is_number,
                stations=stations if who.is_everywhere else [],
                shortcuts=_shortcuts(desk.now.date()),
                query=_query(found),
            )

    @wall.get("/course")
    @only(*LEADING)
    def course() -> ResponseReturnValue:
        """One station, grid or person week by week."""
        kind, key = request.args.get("by", ""), request.args.get("key", "")
        with parts.looking() as desk:
            own = station_of(desk, person(), {})
            try:
                found = over_time.course(desk, kind, key, weeks=WEEKS, station_code=own)
            except NotFoundError:
                abort(404)
        return render_template(
            "dashboard/course.html",
            person=person(),
            course=found,
            table=tables.weeks(found),
            chart=_rates([(f"{week.span.since:%m-%d}", week.totals) for week in found.weeks]),
            shown=shown,
            is_share=is_share,
            is_number=is_number,
        )

    @wall.get("/reports.xlsx")
    @only(*LEADING)
    def excel() -> ResponseReturnValue:
        return _file(parts, "xlsx", KIND)

    @wall.get("/reports.pdf")
    @only(*LEADING)
    def pdf() -> ResponseReturnValue:
        return _file(parts, "pdf", "application/pdf")


def _file(parts: Parts, ending: str, kind: str) -> Response:
    """What leaves the house is written to the audit log."""
    from bot.dashboard.report_pdf import report_pdf  # noqa: PLC0415 - loads images and fonts

    with parts.working() as desk:
        found = _asked(desk)
        audit.write(
            desk.session,
            actor=person().userid,
            action=f"report_{ending}",
            subject=found.span.station_code or "all",
            now=desk.now,
            facts={"from": found.span.since.isoformat(), "to": found.span.until.isoformat()},
        )
    content = workbook(found) if ending == "xlsx" else report_pdf(found)
    name = f"report-{found.span.since:%Y%m%d}-{found.span.until:%Y%m%d}.{ending}"
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _asked(desk: Desk) -> Report:
    station_code = station_of(desk, person(), request.args)
    return reports.report(desk, span_of(desk, station_code, request.args))


def _query(report: Report) -> dict[str, str]:
    span = report.span
    pairs = {"from": span.since.isoformat(), "to": span.until.isoformat()}
    return pairs | ({"station": span.station_code} if span.station_code else {})


def _shortcuts(today: date) -> list[tuple[str, str, str]]:
    week, month = reports.last_week(today), reports.last_month(today)
    return [
        ("上周", week[0].isoformat(), week[1].isoformat()),
        ("上月", month[0].isoformat(), month[1].isoformat()),
        ("本月", today.replace(day=1).isoformat(), today.isoformat()),
    ]


def _chart(report: Report, links: Links) -> dict[str, Any]:
    return _rates([(line.name, line.totals) for line in report.days]) | {
        "categories": [
            {
                "name": line.name,
                "value": line.totals["created"],
                "href": links.tickets("created", report.span, category=line.key),
            }
            for line in report.categories
        ],
    }


def _rates(named: Sequence[tuple[str, Totals]]) -> dict[str, Any]:
    """The series of the plots over days or weeks."""

    def percent(rate: float | None) -> float | None:
        return None if rate is None else round(rate * 100, 1)

    return {
        "days": [name for name, _ in named],
        "created": [total["created"] for _, total in named],
        "resolved": [total["resolved"] for _, total in named],
        "response": [percent(total.response_rate) for _, total in named],
        "solved": [percent(total.solved_rate) for _, total in named],
        "satisfaction": [percent(total.satisfaction) for _, total in named],
    }
