"""Which role gets which category, and when a ticket nobody takes moves up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoutingRules:
    hands_on: frozenset[str]
    paged: frozenset[str]
    page_again_minutes: int
    undo_minutes: int
    reopen_days: int
    silence_close_hours: int
    contacts_to_person: int
    contacts_window_hours: int
    takeover_minutes: int
    profile_check_days: int
    same_matter_days: int
    brief_at: str = "08:00"
    brief_within_minutes: int = 120


@dataclass(frozen=True, slots=True)
class Routing:
    """`roles`: category → role; `escalation`: priority → minutes until each level."""

    roles: dict[str, str]
    rules: RoutingRules
    escalation: dict[str, tuple[int, ...]]
