"""Where one can go from any page: who sees which door, in the bar, on 我的 and in the command bar."""

from dataclasses import dataclass

from bot.access.signed_in import Person
from bot.console.may import CENTER, LEADERS, STAFF
from handlers.grid.models import Role


@dataclass(frozen=True, slots=True)
class Door:
    """A page and its name; `is_in_bar` on wide screens beside the main three."""

    page: str
    label: str
    roles: tuple[Role, ...]
    is_in_bar: bool = False


DOORS = (
    Door("shift", "今日简报和交班", STAFF),
    Door("points", "工时积分", STAFF),
    Door("incidents", "疑似停电", LEADERS),
    Door("compose", "登记停电", LEADERS),
    Door("opinions", "建议", LEADERS, is_in_bar=True),
    Door("gatherings", "活动和投票", STAFF),
    Door("storms", "天气", LEADERS, is_in_bar=True),
    Door("deliveries", "没送到", LEADERS, is_in_bar=True),
    Door("groups", "群覆盖", LEADERS, is_in_bar=True),
    Door("review", "校对", LEADERS, is_in_bar=True),
    Door("anomalies", "评价异常", LEADERS),
    Door("budget", "发送额度", LEADERS),
    Door("misrouted", "派错的地方", LEADERS),
    Door("imports", "导入工单", CENTER),
)


def doors(who: Person | None) -> list[Door]:
    """The doors this person may go through."""
    return [] if who is None else [door for door in DOORS if who.role in door.roles]
