"""When a survey may go out and what an answer says, on plain values (DOMAIN.md section 7)."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from unicodedata import normalize

from config.calendars import WorkCalendar
from config.surveys import SurveyRules
from handlers.dialogue.answers import bare

WORDS: tuple[tuple[str, int], ...] = (
    ("非常不满意", 1),
    ("很不满意", 1),
    ("太差", 1),
    ("差评", 1),
    ("非常满意", 5),
    ("很满意", 5),
    ("特别满意", 5),
    ("十分满意", 5),
    ("好评", 5),
    ("不满意", 2),
    ("不太满意", 2),
    ("满意", 4),
    ("一般", 3),
    ("还行", 3),
    ("还可以", 3),
    ("凑合", 3),
)
UNSOLVED = re.compile(
    r"没(?:有)?(?:修|弄|搞|解决|处理|办)(?:好|完)?|还(?:是)?(?:没|不)(?:好|行|来|有|修|弄|解决|亮)|未解决|又(?:坏|停|没|跳)|还是(?:没|老样|那样|停|黑)|白修"
)
# A lone digit, or one that points or stars follow: 「3栋没电」 and 「5分钟」 are no marks.
SCORE = re.compile(
    r"(?:^|[打给评选])\s*([1-5])(?!\.\d)(?=\s*$|\s*[,，。.!！~～、;；]|\s+(?![栋幢号楼单月日点元度户层门]))"
    r"|(?<![\d.])([1-5一二三四五])\s*(?:分(?!钟)|颗?星(?!期))"
)
CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
STARS = re.compile(r"[⭐★🌟]")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a resident's answer says; `score` None where it only tells whether it is solved."""

    score: int | None
    is_solved: bool | None


def read_mark(text: str) -> Mark | None:
    """The mark in an answer: digit, stars, word or 「还没好」; None where there is none."""
    is_solved = False if UNSOLVED.search(text) else None
    stars = len(STARS.findall(text))
    if 1 <= stars <= len(CHINESE):
        return Mark(stars, is_solved)
    said = bare(text)
    for word, score in WORDS:
        if word in said:
            return Mark(score, is_solved)
    if match := SCORE.search(normalize("NFKC", text).strip()):
        digit = match[1] or match[2]
        return Mark(CHINESE[digit] if digit in CHINESE else int(digit), is_solved)
    return Mark(None, is_solved) if is_solved is False else None


def is_bad(mark: Mark, rules: SurveyRules) -> bool:
    return mark.is_solved is False or (mark.score is not None and mark.score <= rules.bad_score)


def due_at(
    resolved_at: datetime,
    category: str,
    rules: SurveyRules,
    calendar: WorkCalendar,
    delay: timedelta | None,
) -> datetime:
    """When the survey goes out. `delay` is the operator's own wait, zero meaning at any hour."""
    if delay is not None:
        moment = resolved_at + delay
        return moment if not delay else out_of_the_night(moment, rules)
    if category in rules.repair_categories:
        return out_of_the_night(resolved_at + timedelta(minutes=rules.repair_delay_minutes), rules)
    day = resolved_at.date() + timedelta(days=1)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(rules.other_hour), resolved_at.tzinfo)


def out_of_the_night(moment: datetime, rules: SurveyRules) -> datetime:
    """The same moment, or the next morning's end of quiet."""
    begins, ends = time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_until)
    if ends <= moment.time() < begins:
        return moment
    day = moment.date() + timedelta(days=1 if moment.time() >= begins else 0)
    return datetime.combine(day, ends, moment.tzinfo)
