"""The weekly report as a text to every member of staff, for the Monday meeting."""

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from config.clock import CHINA
from handlers.desk import Desk
from handlers.figures import hot, live, marks, people, reports, totals
from handlers.figures.totals import Span
from handlers.grid.models import Role, Staff, Station
from notifier.models import Channel
from notifier.outbox import Outgoing, put

KIND = "weekly_report"
AT = time(8, 30)
BEST = 3
FEW = 4
FEWEST_STARS = 4


def send_weekly(desk: Desk) -> int:
    """Once a week, from Monday half past eight; returns how many messages."""
    monday = desk.now.date() - timedelta(days=desk.now.weekday())
    if desk.now < datetime.combine(monday, AT, CHINA):
        return 0
    mark = marks.take(desk.session, KIND)
    if mark.last_id >= monday.toordinal():
        return 0
    mark.last_id = monday.toordinal()
    since, until = reports.last_week(desk.now.date())
    places: dict[str | None, str] = {None: "全部服务站"}
    for station in desk.session.scalars(sa.select(Station)):
        places[station.station_code] = station.name
    return sum(_send(desk, Span(since, until, code), name) for code, name in places.items())


def text(desk: Desk, span: Span, place: str) -> str:
    """The report in a dozen lines; empty where nothing was asked of the station."""
    session, now = desk.session, desk.now
    sums = totals.total(session, span, now)
    if not sums["created"]:
        return ""
    rules = desk.tables.outages
    areas = hot.repeated_areas(
        session, span, now, days=rules.repeat_days, fewest=rules.repeat_warning, limit=FEW
    )
    before = totals.total(session, span.before, now)
    facts = {
        "place": place,
        "since": f"{span.since.month}月{span.since.day}日",
        "until": f"{span.until.month}月{span.until.day}日",
        "created": sums["created"],
        "resolved": sums["resolved"],
        "open_late": live.open_cases(session, span.station_code, now).late,
        "response": percent(sums.response_rate),
        "solved": percent(sums.solved_rate),
        "satisfaction": percent(sums.satisfaction),
        "satisfaction_before": percent(before.satisfaction),
        "soon": percent(sums.soon_rate),
        "finish": percent(sums.finish_rate),
        "repeat": percent(sums.repeat_rate),
        "words": [one.word for one in hot.hot_words(session, span, FEW)],
        "areas": [f"{area.name} 60天{area.outages}次" for area in areas],
        "praised": _praised(desk, span),
        "link": f"{desk.public_url}/dashboard/reports?{_query(span.since, span.until)}",
    }
    return desk.words.text(KIND, "staff", facts).strip()


def percent(rate: float | None) -> str:
    return "暂无" if rate is None else f"{rate * 100:.1f}%"


def _send(desk: Desk, span: Span, place: str) -> int:
    words = text(desk, span, place)
    if not words:
        return 0
    query = sa.select(Staff).where(Staff.is_active)
    if span.station_code is None:
        query = query.where(Staff.role == Role.COMMAND_CENTER)
    else:
        query = query.where(Staff.station_code == span.station_code)
    messages = [
        Outgoing(
            channel=Channel.WECOM_APP,
            target=person.userid,
            kind=KIND,
            payload={"text": words},
            key=f"{KIND}:{span.since}:{person.userid}",
        )
        for person in desk.session.scalars(query.order_by(Staff.userid))
    ]
    return put(desk.session, messages, now=desk.now)


def _praised(desk: Desk, span: Span) -> list[str]:
    """Those with most points among whom nobody gave a bad mark."""
    cards = people.scorecards(desk, span)
    return [
        f"{card.name} {card.points:g}分"
        for card in cards
        if span.station_code in {None, card.station_code}
        and not card.totals["bad_marks"]
        and (card.stars or 0) >= FEWEST_STARS
    ][:BEST]


def _query(since: date, until: date) -> str:
    return f"from={since}&to={until}"
