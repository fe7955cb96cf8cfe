"""When a survey is sent, to whom not, and what counts as a bad mark."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SurveyRules:
    repair_delay_minutes: int
    repair_categories: frozenset[str]
    other_hour: int
    quiet_from: str
    quiet_until: str
    reminder_hours: int
    answer_days: int
    household_cap: int
    cap_days: int
    without: frozenset[str]
    bad_score: int
    contact_hours: int
    more_hours: int
    event_days: int
