"""States, categories, priorities and numbers of tickets, on plain values (CONTRACT.md, Ticket)."""

import re
from datetime import datetime
from hashlib import sha256

from handlers.errors import StateConflictError
from handlers.tickets.models import Action, Category, Priority, State

NUMBER = re.compile(r"T\d{13,}")

ACTIVE = frozenset({State.OPEN, State.ASSIGNED, State.ACCEPTED, State.ARRIVED, State.REOPENED})
ENDED = frozenset({State.CLOSED, State.CANCELLED, State.MERGED})

# From which states each step may be taken; forward steps may be skipped, none goes back.
STEPS: dict[Action, tuple[frozenset[State], State | None]] = {
    Action.ASSIGN: (ACTIVE, State.ASSIGNED),
    Action.ACCEPT: (frozenset({State.OPEN, State.ASSIGNED, State.REOPENED}), State.ACCEPTED),
    Action.DEPART: (ACTIVE - {State.ARRIVED}, State.ACCEPTED),
    Action.ARRIVE: (ACTIVE - {State.ARRIVED}, State.ARRIVED),
    Action.RESOLVE: (ACTIVE, State.RESOLVED),
    Action.CLOSE: (ACTIVE | {State.RESOLVED}, State.CLOSED),
    Action.CANCEL: (ACTIVE, State.CANCELLED),
    Action.TRANSFER: (ACTIVE, State.ASSIGNED),
    Action.MERGE: (ACTIVE, State.MERGED),
    Action.REOPEN: (frozenset({State.RESOLVED, State.CLOSED}), State.REOPENED),
    Action.ESCALATE: (ACTIVE, None),
    Action.REPLY: (ACTIVE | {State.RESOLVED}, None),
    Action.URGE: (ACTIVE, None),
    Action.SPLIT: (ACTIVE | {State.RESOLVED}, None),
    Action.UNMERGE: (frozenset({State.MERGED}), None),
    Action.MISROUTE: (ACTIVE - {State.OPEN}, State.OPEN),
}

STATE_WORDS = {
    State.OPEN: "待分派",
    State.ASSIGNED: "待接单",
    State.ACCEPTED: "已接单",
    State.ARRIVED: "已到场",
    State.RESOLVED: "已办结",
    State.CLOSED: "已关闭",
    State.CANCELLED: "已撤销",
    State.REOPENED: "重新处理",
    State.MERGED: "已合并",
}

CATEGORY_WORDS = {
    Category.OUTAGE: "停电报修",
    Category.FAULT: "故障报修",
    Category.HAZARD: "用电安全隐患",
    Category.POWER_QUALITY: "电压问题",
    Category.METER: "电表业务",
    Category.BILLING: "电费业务",
    Category.RECONNECTION: "欠费复电",
    Category.CHARGING_PILE: "充电桩报装",
    Category.PV: "光伏并网",
    Category.SUPPLY: "用电报装",
    Category.TARIFF: "电价变更",
    Category.ACCOUNT: "账户业务",
    Category.COMPLAINT: "投诉",
    Category.SUGGESTION: "建议",
    Category.PRAISE: "表扬",
    Category.VIOLATION: "举报",
    Category.CLAIM: "损坏赔偿",
    Category.CONSULT: "咨询",
}

BY_INTENT: dict[str, Category] = {
    "report_outage": Category.OUTAGE,
    "still_no_power": Category.OUTAGE,
    "query_outage": Category.CONSULT,
    "report_fault": Category.FAULT,
    "report_hazard": Category.HAZARD,
    "check_meter": Category.METER,
    "move_equipment": Category.SUPPLY,
    "dispute_bill": Category.BILLING,
    "pay_bill": Category.BILLING,
    "request_invoice": Category.BILLING,
    "query_bill": Category.BILLING,
    "request_reconnection": Category.RECONNECTION,
    "apply_charging_pile": Category.CHARGING_PILE,
    "apply_pv": Category.PV,
    "apply_supply": Category.SUPPLY,
    "apply_tariff": Category.TARIFF,
    "change_account": Category.ACCOUNT,
    "close_account": Category.ACCOUNT,
    "find_account": Category.ACCOUNT,
    "bind_account": Category.ACCOUNT,
    "complain": Category.COMPLAINT,
    "suggest": Category.SUGGESTION,
    "praise": Category.PRAISE,
    "report_violation": Category.VIOLATION,
    "claim_damage": Category.CLAIM,
}

QUALITY = re.compile(
    r"电压|闪|忽明忽暗|忽亮忽暗|一亮一暗|灯.{0,4}暗|发暗|带不动|带不起|起不来|启动不了|煮不熟|电.{0,3}(?:不足|太弱|不稳)|伏"
)
METERISH = re.compile(r"表箱|电表|老表|智能表|电表箱|表位|换表|移表")

PRIORITIES: dict[Category, Priority] = {
    Category.OUTAGE: Priority.P1,
    Category.HAZARD: Priority.P1,
    Category.FAULT: Priority.P2,
    Category.POWER_QUALITY: Priority.P2,
    Category.RECONNECTION: Priority.P2,
    Category.COMPLAINT: Priority.P2,
    Category.CLAIM: Priority.P2,
}

SEPARATOR = "\x1f"


def category_of(intent: str, text: str) -> Category:
    """The category a wish belongs to: by intent, with voltage and meters told by the words."""
    if intent == "report_fault" and QUALITY.search(text):
        return Category.POWER_QUALITY
    if intent == "move_equipment" and METERISH.search(text):
        return Category.METER
    return BY_INTENT.get(intent, Category.CONSULT)


def priority_of(category: Category, *, is_p0: bool = False) -> Priority:
    return Priority.P0 if is_p0 else PRIORITIES.get(category, Priority.P3)


def next_state(action: Action, state: State, *, done_by: str = "") -> State:
    """The state after a step; raises StateConflictError with who was there already."""
    allowed, result = STEPS[action]
    if state not in allowed:
        word = STATE_WORDS[state]
        suffix = f"，经办：{done_by}" if done_by else ""
        raise StateConflictError(f"这张工单{word}{suffix}，不能再做这一步。请刷新后再看。")
    return state if result is None else result


def number_for(day: datetime, running: int) -> str:
    """`TYYYYMMDD` and at least five digits."""
    return f"T{day:%Y%m%d}{running:05d}"


def household_text(community_code: str, building: str, room: str, category: str) -> str:
    """One household's one matter, as hexadecimal digits: whatever a room is written with counts.

    It is no secret by itself: rooms can be tried. Only its keyed fingerprint is kept.
    """
    text = SEPARATOR.join((community_code, building, room.replace(" ", ""), category))
    return sha256(text.encode()).hexdigest()
