"""When a survey may go out and what an answer says, on plain values (DOMAIN.md section 7)."""

import re
from dataclasses import dataclass, replace
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
# Asked after a mark and read from free sentences too (DOMAIN.md section 7: solved? in time? attitude?).
LATE = re.compile(
    r"不(?:够|太|是很|怎么)?及时|没(?:有)?及时|不(?:够|太)?快|(?:来|到|办|修|弄|处理|速度)得?(?:太|有点|有些|比较|很|好|真)*(?:慢|晚|迟)"
    r"|(?:太|有点|有些|比较|很|好|真)(?:慢|晚)|慢了|晚了|迟到|拖了|等了.{0,6}(?:小时|钟头|天|很久|好久)"
)
PROMPT = re.compile(
    r"及时|准时|(?:来得|到得|办得|修得|处理得|速度)(?:很|挺|真|特别|蛮|好|也|都)*快|很快|挺快|真快|随叫随到"
)
RUDE = re.compile(
    r"态度(?:也|都|很|太|真|比较|特别|非常|有点)*(?:差|恶劣|不好|不行|冷|凶)|不耐烦|没(?:有)?礼貌|不礼貌|爱理不理|很凶|太凶"
)
SO_SO = re.compile(r"态度(?:也|都)?(?:一般|还行|还可以|凑合|马马虎虎)")
KIND = re.compile(
    r"态度(?:也|都|很|挺|真|特别|非常|蛮)*(?:好|不错|热情|耐心|和气)|热情|(?<!不)耐心|客气|(?<!没)(?<!不)有礼貌|和气|师傅(?:人)?(?:也|都|很|挺|真)+(?:好|不错)"
)
SOLVED = re.compile(
    r"(?:修|弄|搞|解决|处理|办)(?:好|完|妥)了(?!没|吗|么|嘛)|解决了(?!没|吗|么|嘛)|(?:来|有)电了(?!没|吗|么|嘛)|(?:已经|都|全)好了(?!没|吗|么|嘛)"
)
GOOD_ATTITUDE, FAIR_ATTITUDE, BAD_ATTITUDE = 5, 3, 1  # 5 is best, as of marks
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
    """What a resident's answer says; None is what it does not speak of."""

    score: int | None = None
    is_solved: bool | None = None
    was_in_time: bool | None = None
    attitude: int | None = None

    @property
    def is_empty(self) -> bool:
        return self == Mark()


def read_mark(text: str) -> Mark | None:
    """The mark in an answer: digit, stars, word or 「还没好」, with what it tells beside; else None."""
    said = read_words(text)
    score = _score(text)
    if score is None and said.is_solved is None:
        return None
    return replace(said, score=score)


def read_words(text: str) -> Mark:
    """What a sentence tells of the outcome, the time and the manner; a score is not looked for."""
    return Mark(is_solved=_solved(text), was_in_time=_in_time(text), attitude=_attitude(text))


def _score(text: str) -> int | None:
    stars = len(STARS.findall(text))
    if 1 <= stars <= len(CHINESE):
        return stars
    said = bare(text)
    for word, score in WORDS:
        if word in said:
            return score
    if match := SCORE.search(normalize("NFKC", text).strip()):
        digit = match[1] or match[2]
        return CHINESE[digit] if digit in CHINESE else int(digit)
    return None


def _solved(text: str) -> bool | None:
    if UNSOLVED.search(text):
        return False
    return True if SOLVED.search(text) else None


def _in_time(text: str) -> bool | None:
    if LATE.search(text):
        return False
    return True if PROMPT.search(text) else None


def _attitude(text: str) -> int | None:
    for pattern, attitude in (
        (RUDE, BAD_ATTITUDE),
        (SO_SO, FAIR_ATTITUDE),
        (KIND, GOOD_ATTITUDE),
    ):
        if pattern.search(text):
            return attitude
    return None


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
