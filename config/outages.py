"""Lead times, repeat limits and when reports make a suspected outage."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suspicion:
    """So many reports within so many minutes, for areas up to so many households."""

    households: int
    reports: int
    minutes: int


@dataclass(frozen=True, slots=True)
class OutageRules:
    planned_days: int
    temporary_hours: int
    wide_households: int
    repeat_days: int
    repeat_warning: int
    repeat_limit: int
    day_before_hours: int
    half_hour_minutes: int
    urgent_within_hours: int
    night_households: int
    still_dark_households: int
    still_dark_hours: int
    back_share: float
    reopened_hours: int
    canary_minutes: int
    default_fault_hours: int
    archive_days: int
    storm_incidents: int
    storm_minutes: int
    trouble_retry_seconds: tuple[int, ...]
    trouble_alert_after: int
    suspicion: tuple[Suspicion, ...]

    def suspicion_for(self, households: int) -> Suspicion:
        return next(s for s in self.suspicion if households <= s.households)
