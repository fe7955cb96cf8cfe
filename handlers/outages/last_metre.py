"""After a restoration: who is still dark opens the outage again; who has power helps to close it."""

import re
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.outages import alerts, checks, rules, service
from handlers.outages.columns import Columns
from handlers.outages.models import Kind, Outage, OutageArea, OutageState, OutageSubscriber

DARK, BACK = "dark", "back"
BY = "system"
REASON = "送电后还有住户没电，正在查找"
THANKS = "好的，知道您家来电了，谢谢告诉我们。"
SAYS_BACK = re.compile(
    r"(?:嗯|好的?|是的?|对|我们?家?|家里|这边|这里|现在|刚刚?|已经|都|[，,\s])*"
    r"(?:来电|有电|通电|恢复)了[!！。~～，,\s]*(?:谢+.*|多谢.*|辛苦.*)?"
)


@dataclass(frozen=True, slots=True)
class Dark:
    """A household without power where an outage was said to be over."""

    openid: str
    area_code: str
    community_code: str | None
    building: str


def note_dark(desk: Desk, dark: Dark) -> Outage | None:
    """Count it; returns the outage that is on in the area now, opened again by enough of them."""
    on = _latest(desk, dark.area_code, rules.ANNOUNCED)
    if on is not None:
        if on.parent_code is not None:
            _answer(desk, on, dark, DARK)
        return on
    restored = _latest(desk, dark.area_code, frozenset({OutageState.RESTORED}))
    if restored is None:
        return None
    _answer(desk, restored, dark, DARK)
    still = _still_dark(desk, restored, dark.area_code)
    if len(still) < desk.tables.outages.still_dark_households:
        return None
    return _open_again(desk, restored, dark.area_code, still)


def note_back(desk: Desk, openid: str) -> Outage | None:
    """Who was asked has power; enough of those still dark end what was opened again.

    Returns the outage that the answer was about; None where none was asked about.
    """
    since = desk.now - timedelta(hours=desk.tables.outages.still_dark_hours)
    query = (
        sa.select(OutageSubscriber, Outage)
        .join(Outage, Outage.id == OutageSubscriber.outage_id)
        .where(
            OutageSubscriber.openid == openid,
            sa.or_(
                Outage.restored_at >= since,
                sa.and_(Outage.state == OutageState.UNDER_WAY, Outage.parent_code.is_not(None)),
            ),
        )
        .order_by(Outage.id.desc())
    )
    found = desk.session.execute(query.limit(1)).first()
    if found is None:
        return None
    mine, outage = found
    mine.answer, mine.answered_at = BACK, desk.now
    desk.session.flush()
    if outage.state == OutageState.UNDER_WAY and _has_quorum(desk, outage):
        service.restore(desk, outage, by=BY)
    return outage


def says_back(text: str) -> bool:
    """「来电了，谢谢」 and nothing else."""
    return SAYS_BACK.fullmatch(text.strip()) is not None


def forgotten(desk: Desk) -> list[int]:
    """Outages opened again whose estimate is long past, and nobody says any more it is dark."""
    before = desk.now - timedelta(hours=desk.tables.outages.reopened_hours)
    heard = sa.select(OutageSubscriber.outage_id).where(
        OutageSubscriber.answer == DARK, OutageSubscriber.answered_at > before
    )
    query = sa.select(Outage.id).where(
        Outage.state == OutageState.UNDER_WAY,
        Outage.parent_code.is_not(None),
        Outage.created_by == BY,
        Outage.ends_at <= before,
        Outage.id.not_in(heard),
    )
    return list(desk.session.scalars(query))


def _latest(desk: Desk, area_code: str, states: frozenset[OutageState]) -> Outage | None:
    """The newest outage of an area in these states; a restored one of the last hours only."""
    here = sa.select(OutageArea.outage_id).where(OutageArea.area_code == area_code)
    since = desk.now - timedelta(hours=desk.tables.outages.still_dark_hours)
    query = sa.select(Outage).where(
        Outage.id.in_(here),
        Outage.state.in_(states),
        Outage.starts_at <= desk.now,
        sa.or_(Outage.restored_at.is_(None), Outage.restored_at >= since),
    )
    return desk.session.scalar(query.order_by(Outage.id.desc()).limit(1))


def _answer(desk: Desk, outage: Outage, dark: Dark, answer: str) -> None:
    service.subscribe(
        desk, outage, dark.openid, community_code=dark.community_code, building=dark.building
    )
    mine = desk.session.get_one(OutageSubscriber, (outage.id, dark.openid))
    mine.answer, mine.answered_at, mine.area_code = answer, desk.now, dark.area_code
    desk.session.flush()


def _still_dark(desk: Desk, outage: Outage, area_code: str) -> list[OutageSubscriber]:
    query = sa.select(OutageSubscriber).where(
        OutageSubscriber.outage_id == outage.id,
        OutageSubscriber.area_code == area_code,
        OutageSubscriber.answer == DARK,
    )
    return list(desk.session.scalars(query.order_by(OutageSubscriber.openid)))


def _open_again(
    desk: Desk, restored: Outage, area_code: str, still: list[OutageSubscriber]
) -> Outage | None:
    """A fault of this area alone, nested in the one that was called over; its officers hear."""
    asked = Columns(
        kind=Kind.FAULT,
        area_codes=(area_code,),
        starts_at=restored.restored_at or desk.now,
        ends_at=desk.now + timedelta(hours=desk.tables.outages.default_fault_hours),
        reason=REASON,
    )
    if checks.is_wide(desk, asked):
        return None  # so many are told by people only; the suspected incident reaches the officers
    outage = service.add(desk, asked, by=BY)
    outage.parent_code = restored.outage_code
    service.record(desk, outage, "reopened", by=BY, facts={"parent": restored.outage_code})
    service.publish(desk, outage, by=BY)
    for one in still:
        who = Dark(one.openid, area_code, one.community_code, one.building)
        _answer(desk, outage, who, DARK)
    alerts.reopened(desk, outage, households=len(still))
    return outage


def _has_quorum(desk: Desk, outage: Outage) -> bool:
    """Whether enough of those who were dark have power again."""
    query = (
        sa.select(OutageSubscriber.answer, sa.func.count())
        .where(OutageSubscriber.outage_id == outage.id, OutageSubscriber.answer != "")
        .group_by(OutageSubscriber.answer)
    )
    counts = {row[0]: row[1] for row in desk.session.execute(query)}
    back, dark = counts.get(BACK, 0), counts.get(DARK, 0)
    return back >= desk.tables.outages.back_share * (back + dark)
