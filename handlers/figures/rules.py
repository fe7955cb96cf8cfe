"""What one case counts for, on plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.points import PointRules
from handlers.tickets.models import State
from handlers.tickets.rules import ACTIVE

SOON = timedelta(minutes=15)  # 一刻钟供电服务响应圈
SATISFIED, BEST, BAD = 4, 5, 2
DONE = frozenset({State.RESOLVED, State.CLOSED})
DROPPED = frozenset({State.CANCELLED, State.MERGED})
FINISHES = ("restoration", "reply")


@dataclass(frozen=True, slots=True)
class Word:
    """The resident's answer to a survey that was sent; nothing is read into silence."""

    is_answered: bool = False
    score: int | None = None
    is_solved: bool | None = None
    was_in_time: bool | None = None
    attitude: int | None = None

    @property
    def is_bad(self) -> bool:
        return self.is_answered and (
            self.is_solved is False or (self.score is not None and self.score <= BAD)
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket as the figures see it. `started_at`: its report, or its last reopening.

    `promises` are pairs: promised for when, kept when.
    """

    state: str
    category: str
    started_at: datetime
    due: Mapping[str, datetime]
    contacted_at: datetime | None = None
    arrived_at: datetime | None = None
    resolved_at: datetime | None = None
    reopened: int = 0
    urged: int = 0
    is_repeat: bool = False
    word: Word | None = None
    promises: tuple[tuple[datetime, datetime | None], ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in ACTIVE

    @property
    def is_done(self) -> bool:
        return self.state in DONE

    @property
    def finish_due(self) -> datetime | None:
        return next((self.due[stage] for stage in FINISHES if stage in self.due), None)

    def met(self, moment: datetime | None) -> datetime | None:
        """When a stage was met: itself, or by the end, which makes it needless."""
        return next((one for one in (moment, self.resolved_at) if one is not None), None)


def measured(case: Case, rules: PointRules) -> dict[str, int]:
    """What a case adds to each measure; a withdrawn or merged one was opened, no more."""
    if case.state in DROPPED:
        return {"created": 1, "dropped": 1, "urged": case.urged}
    counted = {
        "created": 1,
        "resolved": int(case.is_done),
        "reopened": case.reopened,
        "urged": case.urged,
        "repeated": int(case.is_repeat),
    }
    return (
        counted
        | _stage("contact", case.due.get("first_contact"), case.met(case.contacted_at))
        | _stage("arrival", case.due.get("arrival"), case.met(case.arrived_at))
        | _stage("finish", case.finish_due, case.resolved_at if case.is_done else None)
        | _times(case)
        | _word(case.word)
        | _promises(case)
        | {"points": points(case, rules)}
    )


def running(case: Case) -> dict[str, datetime | None]:
    """The deadlines of an open case that still run."""
    if not case.is_open:
        return dict.fromkeys(("contact_by", "arrival_by", "finish_by", "promise_by"))
    return {
        "contact_by": None if case.contacted_at else case.due.get("first_contact"),
        "arrival_by": None if case.arrived_at else case.due.get("arrival"),
        "finish_by": case.finish_due,
        "promise_by": min((due for due, kept in case.promises if kept is None), default=None),
    }


def points(case: Case, rules: PointRules) -> int:
    """Hundredths of points of a finished case: the base, less or more by how well it went."""
    if not case.is_done:
        return 0
    percents = [
        (rules.percent.late, _is_late(case)),
        (rules.percent.reopened, case.reopened > 0),
        (rules.percent.bad_mark, case.word is not None and case.word.is_bad),
        (rules.percent.best_mark, case.word is not None and case.word.score == BEST),
    ]
    worth = rules.base.get(case.category, rules.default) * 100
    for percent, applies in percents:
        if applies:
            worth = worth * percent // 100
    return worth


def _is_late(case: Case) -> bool:
    due, done = case.finish_due, case.resolved_at
    return due is not None and done is not None and done > due


def _stage(name: str, due: datetime | None, met: datetime | None) -> dict[str, int]:
    if due is None or met is None:
        return {}
    return {f"{name}_due": 1, f"{name}_in_time": int(met <= due)}


def _times(case: Case) -> dict[str, int]:
    found = {}
    if "arrival" in case.due and case.arrived_at is not None:
        took = case.arrived_at - case.started_at
        found = {
            "arrived": 1,
            "arrived_soon": int(took <= SOON),
            "arrival_minutes": minutes(took),
        }
    if case.is_done and case.resolved_at is not None:
        found["handling_minutes"] = minutes(case.resolved_at - case.started_at)
    return found


def _word(word: Word | None) -> dict[str, int]:
    if word is None:
        return {}
    if not word.is_answered:
        return {"surveyed": 1}
    return {
        "surveyed": 1,
        "answered": 1,
        "scored": int(word.score is not None),
        "score_sum": word.score or 0,
        "satisfied": int((word.score or 0) >= SATISFIED),
        "told_solved": int(word.is_solved is not None),
        "solved": int(word.is_solved is True),
        "told_time": int(word.was_in_time is not None),
        "in_time": int(word.was_in_time is True),
        "told_manner": int(word.attitude is not None),
        "kind": int((word.attitude or 0) >= SATISFIED),
        "bad_marks": int(word.is_bad),
    }


def _promises(case: Case) -> dict[str, int]:
    kept = [(promised, moment) for promised, moment in case.promises if moment is not None]
    return {
        "promises_due": len(kept),
        "promises_kept": sum(moment <= promised for promised, moment in kept),
    }


def minutes(span: timedelta) -> int:
    """Whole minutes, never less than none: clocks of other systems may be ahead."""
    return max(0, int(span.total_seconds() // 60))
