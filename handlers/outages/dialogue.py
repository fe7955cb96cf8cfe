"""Talk about outages: whether there is one, why and until when."""

import re
from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from handlers.customers.places import known_place
from handlers.desk import Desk
from handlers.dialogue.case import story
from handlers.dialogue.turn import Choice, Reply, Turn
from handlers.grid import queries as grid
from handlers.grid.models import Community, CommunityGroup
from handlers.grid.places import Where, ask_place
from handlers.outages import answers, queries, service
from handlers.outages.models import Outage
from handlers.outages.subscription import manage_subscription

__all__ = ["manage_subscription", "public_answer", "query_outage"]

PLANS = re.compile(
    r"计划|安排|最近|近期|这几天|这两天|这周|本周|下周|这个月|下个月|以后|将来|预告|公告|通知"
)
PLAN_DAYS = 30
REPORT = (Choice("报停电", "report_outage"), Choice("都不是", ""))
WILL_TELL = "来电后马上告诉您。"
OTHERWISE = "只有您家没电，或情况不一样，回复「我家没电」报修。"
OTHER_BUILDING = "您家不在这几栋也没电，回复「我家没电」报修。"
ASK_REPORT = "家里现在没电吗？回复 1，我马上给您报修。"
UNKNOWN = "没找到「{place}」的停电信息。家里没电吗？回复 1，我马上给您报修。"
NAME_A_PLACE = "请@我并说小区名，例如「棉纺路停电吗」。"
PRIVATELY = "查自己家、报修，请到公众号私聊。"
MAX_PLACES = 3


def query_outage(turn: Turn, desk: Desk) -> Reply:
    """Whether, why and until when the power is off at a place, now or on a day."""
    where = _where(turn, desk)
    if isinstance(where, Reply):
        return where
    words, day = _asked(turn, desk)
    if where.community_code is None:
        return _offer_report(turn, UNKNOWN.format(place=where.name or "这个地方"), where)
    if day is not None and day != desk.now.date():
        return _answer_day(turn, desk, where, day)
    known = queries.active_at(desk.session, where.community_code, where.building, desk.now)
    if known is not None:
        return _answer_active(turn, desk, where, known)
    if day is not None or PLANS.search(words):
        return _answer_plans(turn, desk, where, day)
    return _answer_nothing_now(turn, desk, where)


def public_answer(turn: Turn, desk: Desk, community_codes: Sequence[str] = ()) -> Reply:
    """What a group may read about outages of a named place, or of the group's own communities."""
    named = [grid.community_by_name(desk.session, name) for name in turn.values("community")]
    codes = [row.community_code for row in named if row is not None]
    codes = codes or list(community_codes) or _communities_of(desk, turn.inbound.chat_id)
    if not codes:
        return Reply(f"{NAME_A_PLACE}{PRIVATELY}")
    parts = [_public(desk, code) for code in codes[:MAX_PLACES]]
    return Reply("\n\n".join([*parts, PRIVATELY]), link=_page(desk))


def _where(turn: Turn, desk: Desk) -> Where | Reply:
    """The place named, else where the person lives; asked for where neither is known."""
    known = known_place(desk, turn.user_id)
    if turn.is_fresh and known is not None and not turn.values("community"):
        return known
    return ask_place(turn, desk, known=known)


def _asked(turn: Turn, desk: Desk) -> tuple[str, date | None]:
    """All words of the question and the day it is about, also from before the place was asked."""
    form = turn.memory.get("form")
    case = form.get("case") if isinstance(form, dict) else None
    words = story(case) if case else turn.text
    moment = turn.value("time") or (case["facts"].get("time") if case else None)
    if moment is None:
        return words, None
    return words, datetime.fromisoformat(moment).date()


def _answer_active(turn: Turn, desk: Desk, where: Where, outage: Outage) -> Reply:
    code = where.community_code or ""
    service.subscribe(desk, outage, turn.user_id, community_code=code, building=where.building)
    partial = not where.building and answers.is_partial(desk, outage, code)
    text = f"{answers.now_off(desk, outage, code)}\n{WILL_TELL}"
    text += OTHER_BUILDING if partial else OTHERWISE
    return turn.finish(text, link=f"{_page(desk)}/{outage.outage_code}")


def _answer_day(turn: Turn, desk: Desk, where: Where, day: date) -> Reply:
    code = where.community_code or ""
    name = f"{day.month}月{day.day}日"
    if day < desk.now.date():
        return turn.finish(f"{where.name}以前的停电，请点链接查看。", link=_page(desk))
    found = answers.on_day(desk, code, where.building, day)
    if not found:
        return turn.finish(f"{name}{where.name}没有安排停电。有变化会发通知。", link=_page(desk))
    listed = answers.listed(desk, found, code)
    return turn.finish(f"{name}{where.name}有停电：\n{listed}", link=_page(desk))


def _answer_plans(turn: Turn, desk: Desk, where: Where, day: date | None) -> Reply:
    code = where.community_code or ""
    if day is not None:
        found = [
            o for o in answers.on_day(desk, code, where.building, day) if o.starts_at > desk.now
        ]
        span = "今天"
    else:
        found, span = answers.soon(desk, code, where.building, days=PLAN_DAYS), f"{PLAN_DAYS}天内"
    if not found:
        return turn.finish(f"{span}{where.name}没有安排停电。有变化会发通知。", link=_page(desk))
    return turn.finish(
        f"{where.name}{span}的停电：\n{answers.listed(desk, found, code)}", link=_page(desk)
    )


def _answer_nothing_now(turn: Turn, desk: Desk, where: Where) -> Reply:
    """No outage is known: say what comes, and offer to take a report."""
    code = where.community_code or ""
    text = f"现在{where.name}没有登记的停电。"
    if coming := answers.soon(desk, code, where.building):
        text += f"\n接下来有：\n{answers.listed(desk, coming, code)}"
    return _offer_report(turn, f"{text}\n{ASK_REPORT}", where)


def _offer_report(turn: Turn, text: str, where: Where) -> Reply:
    """「是」 or 1 then reports the outage, with the place already told."""
    turn.memory.pop("form", None)
    named = [["community", where.name, 0, 0]] if where.community_code else []
    if where.building:
        named.append(["address", f"{where.building}栋{where.room}", 0, 0])
    request = {"intent": "report_outage", "text": turn.text, "entities": named}
    turn.memory["offers"] = {"requests": [request]}
    return Reply(text, REPORT, is_final=False)


def _public(desk: Desk, community_code: str) -> str:
    community = desk.session.get_one(Community, community_code)
    outage = queries.active_at(desk.session, community_code, "", desk.now)
    if outage is not None:
        return answers.now_off(desk, outage, community_code)
    coming = answers.soon(desk, community_code, "")
    if not coming:
        return f"现在{community.name}没有登记的停电，{answers.SOON_DAYS}天内也没有安排。"
    listed = answers.listed(desk, coming, community_code)
    return f"现在{community.name}没有登记的停电。接下来有：\n{listed}"


def _communities_of(desk: Desk, chat_id: str) -> list[str]:
    """The communities of the group that was written in, where we know it."""
    query = sa.select(CommunityGroup).where(CommunityGroup.target == chat_id)
    group = desk.session.scalar(query.limit(1)) if chat_id else None
    return list(group.community_codes) if group is not None else []


def _page(desk: Desk) -> str:
    return f"{desk.public_url}/h5/outages"
