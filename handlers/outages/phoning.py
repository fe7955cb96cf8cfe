"""Households that are phoned or visited about an outage, and the proof that it was done."""

import sqlalchemy as sa

from handlers.customers.models import Customer
from handlers.desk import Desk
from handlers.errors import DomainError, NotFoundError, StateConflictError
from handlers.grid import queries as grid
from handlers.grid.models import Community, TransformerArea
from handlers.outages import targeting, wording
from handlers.outages.models import Outage, PhoneTask
from notifier.models import Channel
from notifier.outbox import FAULT, Outgoing, put

WHY = {
    "life_support": "家中有生命支持设备，请提前告知并确认备用电源",
    "school": "学校，请提前告知",
    "hospital": "医院，请提前告知并确认备用电源",
    "key_account": "重要客户，请提前告知",
}
MAX_PROOF = 500


def call_sensitive(desk: Desk, outage: Outage) -> list[PhoneTask]:
    """A task for each sensitive household without one yet; its person hears of it at once."""
    session = desk.session
    known = set(
        session.scalars(
            sa.select(PhoneTask.customer_id).where(
                PhoneTask.outage_id == outage.id, PhoneTask.customer_id.is_not(None)
            )
        )
    )
    tasks = [
        _task(desk, outage, customer)
        for customer in targeting.sensitive(session, targeting.codes(outage))
        if customer.id not in known
    ]
    session.add_all(tasks)
    session.flush()
    _tell(desk, outage, tasks)
    return tasks


def visit(
    desk: Desk, outage: Outage, *, community_code: str, households: int, why: str
) -> PhoneTask:
    """A task to reach the households of a community that nothing else reaches."""
    query = sa.select(PhoneTask).where(
        PhoneTask.outage_id == outage.id,
        PhoneTask.community_code == community_code,
        PhoneTask.customer_id.is_(None),
    )
    known = desk.session.scalar(query)
    if known is not None:
        return known
    area_code = next(
        (
            link.area_code
            for link in targeting.links(desk.session, targeting.codes(outage))
            if link.community_code == community_code
        ),
        None,
    )
    task = PhoneTask(
        outage_id=outage.id,
        community_code=community_code,
        households=households,
        why=why,
        assignee_userid=_responsible(desk, area_code),
        created_at=desk.now,
    )
    desk.session.add(task)
    desk.session.flush()
    _tell(desk, outage, [task])
    return task


def finish(desk: Desk, task_id: int, *, by: str, proof: str) -> PhoneTask:
    """Write down that the household was told: who called, whom, when; that counts as told."""
    task = desk.session.get(PhoneTask, task_id, with_for_update=True)
    if task is None:
        raise NotFoundError("没有这个电话任务。", field="task_id")
    if task.done_at is not None:
        raise StateConflictError("这个电话任务已经办完了。")
    words = proof.strip()[:MAX_PROOF]
    if not words:
        raise DomainError("请写上谁接的电话，例如：10:20 家人接听，已知道。", field="proof")
    task.done_at, task.done_by, task.proof = desk.now, by, words
    desk.session.flush()
    return task


def tasks_of(desk: Desk, outage: Outage) -> list[PhoneTask]:
    query = sa.select(PhoneTask).where(PhoneTask.outage_id == outage.id)
    return list(desk.session.scalars(query.order_by(PhoneTask.id)))


def _task(desk: Desk, outage: Outage, customer: Customer) -> PhoneTask:
    return PhoneTask(
        outage_id=outage.id,
        customer_id=customer.id,
        community_code=customer.community_code,
        building=customer.building,
        households=1,
        why=WHY.get(customer.sensitive, WHY["key_account"]),
        assignee_userid=_responsible(desk, customer.area_code),
        created_at=desk.now,
    )


def _responsible(desk: Desk, area_code: str | None) -> str | None:
    """The 网格责任人 of an area."""
    area = desk.session.get(TransformerArea, area_code) if area_code else None
    if area is None:
        return None
    members = grid.grid_members(desk.session, area.grid_code)
    return next((duty.userid for duty, _ in members if duty.is_responsible), None)


def _tell(desk: Desk, outage: Outage, tasks: list[PhoneTask]) -> None:
    """One card to each person with the tasks they got; the phone number is in the console."""
    by_person: dict[str, list[PhoneTask]] = {}
    for task in tasks:
        if task.assignee_userid:
            by_person.setdefault(task.assignee_userid, []).append(task)
    put(
        desk.session,
        [_card(desk, outage, userid, mine) for userid, mine in by_person.items()],
        now=desk.now,
    )


def _card(desk: Desk, outage: Outage, userid: str, tasks: list[PhoneTask]) -> Outgoing:
    facts = {
        "code": outage.outage_code,
        "time": wording.window(outage.starts_at, outage.ends_at),
        "rows": [
            {"place": _place(desk, task), "households": task.households, "why": task.why}
            for task in tasks
        ],
        "link": f"{desk.public_url}/console/outages/{outage.outage_code}",
    }
    return Outgoing(
        channel=Channel.WECOM_APP,
        target=userid,
        kind="outage_phone",
        payload={"text": desk.words.text("outage_phone", "staff", facts)},
        key=f"{outage.outage_code}:phone:{min(task.id for task in tasks)}:{userid}",
        priority=FAULT,
        outage_code=outage.outage_code,
    )


def _place(desk: Desk, task: PhoneTask) -> str:
    community = desk.session.get(Community, task.community_code) if task.community_code else None
    return wording.home(community, task.building) if community else ""
