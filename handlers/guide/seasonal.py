"""What the season asks for: the guide's words of the month, passed on by customer managers."""

from dataclasses import dataclass

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.grid.models import Role, Staff
from handlers.guide import pages
from notifier.models import Channel
from notifier.outbox import Outgoing, put

KIND = "seasonal_tips"


@dataclass(frozen=True, slots=True)
class SeasonalTip:
    """A title and the words as they are posted in a group."""

    title: str
    text: str


def of_month(desk: Desk) -> list[SeasonalTip]:
    found = []
    for tip in desk.tables.tips.of_month(desk.now.month):
        page = desk.tables.guide.page(tip.page)
        if page is not None:
            found.append(SeasonalTip(tip.title, pages.filled(page.answer, desk.tables.contacts)))
    return found


def send_of_month(desk: Desk) -> int:
    """To every customer manager, once a month from its first working morning on; returns how many."""
    calendar = desk.tables.calendar
    if (
        not calendar.is_working_day(desk.now.date())
        or desk.now.hour < desk.tables.surveys.other_hour
    ):
        return 0
    tips = of_month(desk)
    if not tips:
        return 0
    words = desk.words.text(KIND, "staff", {"month": desk.now.month, "tips": tips})
    query = sa.select(Staff).where(Staff.role == Role.CUSTOMER_MANAGER, Staff.is_active)
    messages = [
        Outgoing(
            channel=Channel.WECOM_APP,
            target=person.userid,
            kind=KIND,
            payload={"text": words},
            key=f"{KIND}:{desk.now:%Y-%m}:{person.userid}",
        )
        for person in desk.session.scalars(query.order_by(Staff.userid))
    ]
    return put(desk.session, messages, now=desk.now)
