"""What happens to outages and incidents that others react to (see handlers/reactions.py)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutagePublished:
    outage_id: int


@dataclass(frozen=True, slots=True)
class OutageStarted:
    """The power is off: at its published start, or when a fault is published."""

    outage_id: int


@dataclass(frozen=True, slots=True)
class OutageChanged:
    """`action` is changed, delayed or early."""

    outage_id: int
    action: str


@dataclass(frozen=True, slots=True)
class OutageCancelled:
    outage_id: int


@dataclass(frozen=True, slots=True)
class OutageRestored:
    outage_id: int


@dataclass(frozen=True, slots=True)
class IncidentSuspected:
    """Enough reports of one area: they are linked to it, nothing more."""

    incident_id: int


@dataclass(frozen=True, slots=True)
class IncidentConfirmed:
    """The duty officer says it is an outage: it needs a parent ticket for its reports."""

    incident_id: int
    outage_id: int
    by: str
