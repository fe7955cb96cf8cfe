"""「请假 明天9点到后天18点 体检」: leave by word, and back again."""

import re
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid import service as registry
from handlers.grid.models import Staff, StaffLeave
from handlers.tickets.explanation import moment_words
from handlers.tickets.handovers import in_hand
from nlu import times
from nlu.normalise import normalise

DAY = timedelta(days=1)
NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[-.](\d{1,2})(?!\d)")
A_DAY = len("2026-11-25")
USAGE = "什么时候到什么时候？例如：请假 明天 体检；请假 11月28日9点到11月29日18点。"
TAKEN = "请假记下了：{since} 到 {until}，这段时间新工单派给B角。"
STILL = "手上还有 {count} 张单，请先转派，或发「交班 …」。"
BACK = "请假已取消，新工单照常派给您。"
NONE = "您没有登记请假。"


def take(desk: Desk, person: Staff, words: str) -> str:
    """Write down leave as it is said; a day alone is all of it."""
    text = NUMERIC.sub(r"\1月\2日", normalise(words))
    moments = times.find(text, desk.now)
    if not moments:
        raise DomainError(USAGE, field="starts_at")
    starts_at = _begin(moments[0].value, desk.now)
    last = moments[1] if len(moments) > 1 else None
    ends_at = _end(last.value, desk.now) if last else _midnight(starts_at)
    reason = text[(last or moments[0]).end :].strip(" ，,。")
    registry.take_leave(desk, person.userid, starts_at, ends_at, reason[:100])
    said = TAKEN.format(since=moment_words(starts_at), until=moment_words(ends_at))
    tickets = in_hand(desk, person)
    return f"{said}\n{STILL.format(count=len(tickets))}" if tickets else said


def end(desk: Desk, person: Staff) -> str:
    """Back at work: what runs ends now, what is to come is dropped."""
    query = sa.select(StaffLeave).where(
        StaffLeave.userid == person.userid, StaffLeave.ends_at > desk.now
    )
    leaves = desk.session.scalars(query).all()
    for leave in leaves:
        if leave.starts_at < desk.now:
            leave.ends_at = desk.now
        else:
            desk.session.delete(leave)
    return BACK if leaves else NONE


def _begin(value: str, now: datetime) -> datetime:
    if len(value) == A_DAY:
        return datetime.combine(date.fromisoformat(value), time(), now.tzinfo)
    return datetime.fromisoformat(value)


def _end(value: str, now: datetime) -> datetime:
    """The end of a day that was named; an instant as it is."""
    at = _begin(value, now)
    return _midnight(at) if len(value) == A_DAY else at


def _midnight(at: datetime) -> datetime:
    """The end of a moment's day."""
    return datetime.combine(at.date() + DAY, time(), at.tzinfo)
