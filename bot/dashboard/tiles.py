"""What of the wall changes by the second: open cases, rates, suspected outages."""

from typing import Any

import sqlalchemy as sa

from bot.dashboard.scope import Links, View
from handlers.figures import live, totals
from handlers.figures.live import Open
from handlers.figures.totals import Span, Totals
from handlers.grid.models import Grid, TransformerArea
from handlers.outages.models import Incident
from handlers.tickets.models import State
from handlers.tickets.rules import STATE_WORDS

INCIDENTS = 8


def quick(view: View) -> dict[str, Any]:
    """What changes by the second: open cases, today's and the week's rates, incidents."""
    desk, session = view.desk, view.desk.session
    now_open = live.open_cases(session, view.station_code, desk.now)
    today, week = view.span(1), view.span(7)
    of_today = totals.total(session, today, desk.now)
    of_week = totals.total(session, week, desk.now)
    return {
        "at": f"{desk.now:%Y年%m月%d日 %H:%M:%S}",
        "tiles": _tiles(view.links, now_open, (today, of_today), (week, of_week)),
        "states": [
            {"name": STATE_WORDS[State(state)], "value": count, "href": _state(view.links, state)}
            for state, count in now_open.by_state.items()
        ],
        "ages": [
            {"name": age, "value": count, "href": view.links.tickets("open", age=age)}
            for age, count in now_open.by_age.items()
        ],
        "incidents": _incidents(view),
    }


def _tiles(
    links: Links, now_open: Open, today: tuple[Span, Totals], week: tuple[Span, Totals]
) -> list[dict[str, Any]]:
    of_day, sums = week[0], week[1]
    late = links.queue(view="overdue")
    return [
        _tile("在办", now_open.total, links.queue(view="station"), f"待接单 {_waiting(now_open)}"),
        _tile("超时", now_open.late, late, "点开看是哪些", is_bad=now_open.late > 0),
        _tile("今日受理", today[1]["created"], links.tickets("created", today[0]), _done(today[1])),
        _rate(
            "15分钟内到场",
            sums.soon_rate,
            links.tickets("not_soon", of_day),
            f"平均 {_number(sums.arrival_average)} 分钟",
            0.8,
        ),
        _rate("响应率", sums.response_rate, links.tickets("no_contact", of_day), "按时联系", 0.95),
        _rate("解决率", sums.solved_rate, links.tickets("unsolved", of_day), "住户说解决了", 0.9),
        _rate(
            "满意率",
            sums.satisfaction,
            links.tickets("unsatisfied", of_day),
            f"{sums['scored']} 份评价",
            0.9,
        ),
        _rate(
            "承诺兑现", sums.promise_rate, links.tickets("promise_broken", of_day), "说到做到", 0.9
        ),
        _rate(
            "重复诉求",
            sums.repeat_rate,
            links.tickets("repeated", of_day),
            "30天内同户同类",
            0.1,
            is_low_good=True,
        ),
    ]


def _tile(label: str, value: int, href: str, note: str, *, is_bad: bool = False) -> dict[str, Any]:
    return {
        "label": label,
        "value": str(value),
        "unit": "",
        "href": href,
        "note": note,
        "tone": "bad" if is_bad else "",
    }


def _rate(
    label: str,
    rate: float | None,
    href: str,
    note: str,
    target: float,
    *,
    is_low_good: bool = False,
) -> dict[str, Any]:
    """A share of the week; red where it misses the target."""
    if rate is None:
        return {"label": label, "value": "—", "unit": "", "href": href, "note": note, "tone": ""}
    is_good = rate <= target if is_low_good else rate >= target
    return {
        "label": label,
        "value": f"{rate * 100:.1f}",
        "unit": "%",
        "href": href,
        "note": note,
        "tone": "good" if is_good else "bad",
    }


def _waiting(now_open: Open) -> int:
    return sum(now_open.by_state[state] for state in (State.OPEN, State.ASSIGNED, State.REOPENED))


def _done(sums: Totals) -> str:
    return f"办结 {sums['resolved']}"


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:g}"


def _state(links: Links, state: str) -> str:
    return links.queue(view="station", state=state)


def _incidents(view: View) -> list[dict[str, Any]]:
    """Suspected outages that wait for the duty officer, the likeliest first."""
    query = (
        sa.select(Incident, TransformerArea.name)
        .join(TransformerArea, TransformerArea.area_code == Incident.area_code)
        .where(Incident.state == "suspected")
        .order_by(Incident.probability.desc(), Incident.id)
        .limit(INCIDENTS)
    )
    if view.station_code is not None:
        here = _areas_of(view.station_code)
        query = query.where(Incident.area_code.in_(here))
    return [
        {
            "name": name,
            "reports": incident.reports,
            "percent": round(incident.probability * 100),
            "since": f"{incident.opened_at:%H:%M}",
            "href": "/console/outages",
        }
        for incident, name in view.desk.session.execute(query)
    ]


def _areas_of(station_code: str) -> sa.Select[str]:
    return (
        sa.select(TransformerArea.area_code)
        .join(Grid, Grid.grid_code == TransformerArea.grid_code)
        .where(Grid.station_code == station_code)
    )
