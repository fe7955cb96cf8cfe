"""Limits of the platforms' channels and which template carries what."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Template:
    """A template message; `fields` maps the template's keyword to the value it shows."""

    template_id: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class OfficialAccountLimits:
    window_hours: int
    window_messages: int
    action_minutes: int
    action_messages: int
    text_bytes: int
    reply_characters: int
    templates_per_day: int
    template_field_characters: int
    templates: dict[str, Template]


@dataclass(frozen=True, slots=True)
class WeComLimits:
    webhook_per_minute: int
    member_per_minute: int
    member_per_hour: int
    customer_group_period: Literal["day", "week", "month"]
    customer_group_per_period: int
    customer_group_scarce: int
    customer_group_gather_at: str
    customer_group_reminders: int
    customer_group_reminder_hours: int
    text_bytes: int
    customer_group_text_bytes: int
    customer_group_remind_after: tuple[int, ...] = (10, 60, 240)
    customer_group_give_up_hours: int = 24


@dataclass(frozen=True, slots=True)
class Retry:
    delays: tuple[int, ...]
    lease_seconds: int


@dataclass(frozen=True, slots=True)
class Channels:
    quiet_from: str
    quiet_until: str
    official_account: OfficialAccountLimits
    wecom: WeComLimits
    retry: Retry
