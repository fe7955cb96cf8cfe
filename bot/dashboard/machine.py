"""How the product itself does: what is missing, what waits, what the platforms still take."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import health
from bot.parts import Parts
from config.channels import Channels
from config.clock import china
from handlers.desk import Desk
from handlers.grid.models import CommunityGroup
from notifier import quotas
from notifier.models import OutboxMessage, OutboxState, QuotaUse

WORDS = {
    "redis": "Redis 不通",
    "rasa": "Rasa 不通，用本地模型",
    "worker": "后台进程没有心跳",
    "wechat": "公众号接口报错",
    "wecom": "企业微信接口报错",
}
WAITING = {
    OutboxState.PENDING: "待发",
    OutboxState.AWAITING_OWNER: "待群主确认",
    OutboxState.FAILED: "失败",
    OutboxState.DEAD: "死信",
}
NEARLY = 0.8


def machine(parts: Parts, desk: Desk) -> dict[str, Any]:
    return {
        "degraded": [WORDS.get(part, part) for part in health.degradations(parts)],
        "deliveries": _deliveries(desk.session),
        "quotas": _quotas(desk, parts.tables.channels),
    }


def _deliveries(session: Session) -> list[dict[str, Any]]:
    """What has not arrived; what was sent is not counted, there may be millions."""
    query = (
        sa.select(OutboxMessage.state, sa.func.count())
        .where(OutboxMessage.state.in_(WAITING))
        .group_by(OutboxMessage.state)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in session.execute(query)}
    return [
        {"name": word, "value": counts.get(state, 0), "href": "/console/deliveries"}
        for state, word in WAITING.items()
    ]


def _quotas(desk: Desk, limits: Channels) -> list[dict[str, Any]]:
    """Templates of today, and customer groups whose posts are nearly used up."""
    now = china(desk.now)
    day, posts = f"{now:%Y-%m-%d}", quotas.group_posts(limits, "", now)
    used = _used(desk.session, "template", day)
    nearly = desk.session.execute(
        sa.select(QuotaUse.key, QuotaUse.used)
        .where(
            QuotaUse.key.startswith("group:"),
            QuotaUse.window == quotas.window_of(posts.period, now),
            QuotaUse.used >= posts.limit * NEARLY,
        )
        .order_by(QuotaUse.used.desc())
        .limit(5)
    ).all()
    names = _group_names(desk.session, [key.removeprefix("group:") for key, _ in nearly])
    rows = [("模板消息（今日）", used, limits.official_account.templates_per_day)]
    rows += [
        (names.get(key.removeprefix("group:"), "客户群"), count, posts.limit)
        for key, count in nearly
    ]
    return [
        {"name": name, "used": count, "limit": limit, "href": "/console/groups"}
        for name, count, limit in rows
    ]


def _used(session: Session, key: str, window: str) -> int:
    query = sa.select(QuotaUse.used).where(QuotaUse.key == key, QuotaUse.window == window)
    return session.scalar(query) or 0


def _group_names(session: Session, targets: list[str]) -> dict[str, str]:
    query = sa.select(CommunityGroup.target, CommunityGroup.name).where(
        CommunityGroup.target.in_(targets)
    )
    return {row[0]: row[1] for row in session.execute(query)}
