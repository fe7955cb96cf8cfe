"""What is asked after a mark, at most two short questions, nothing of it needed (DOMAIN.md section 7).

The chat and the page ask the same: solved and in time, then the manner and what else there is to say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.dialogue.answers import bare, is_no, is_skip, is_yes, ordinal
from handlers.dialogue.turn import Choice
from handlers.surveys import rules
from handlers.surveys.models import Survey
from handlers.surveys.rules import Mark

SCORE, OUTCOME, MANNER, FAULT = "score", "outcome", "manner", "fault"
MOST = 2

ASK_SCORE = "方便的话打个分：5 非常满意、4 满意、3 一般、2 不满意、1 非常不满意。"
ASK_FAULT = "是哪里没做好？也可以直接写。"

SOLVED_SOON = Choice("弄好了，也及时", "solved soon")
SOLVED_LATE = Choice("弄好了，有点慢", "solved late")
SOON = Choice("及时", "soon")
LATE = Choice("有点慢", "late")
SOLVED = Choice("弄好了", "solved")
UNSOLVED = Choice("还没好", "unsolved")
KIND = Choice("好", "kind")
FAIR = Choice("一般", "fair")
RUDE = Choice("不好", "rude")
FAULTS = (
    Choice("来得慢", "late"),
    Choice("态度不好", "rude"),
    Choice("没弄好", "unsolved"),
    Choice("别的", "other"),
)
SAYS: Mapping[str, Mark] = {
    "solved soon": Mark(is_solved=True, was_in_time=True),
    "solved late": Mark(is_solved=True, was_in_time=False),
    "soon": Mark(was_in_time=True),
    "late": Mark(was_in_time=False),
    "solved": Mark(is_solved=True),
    "unsolved": Mark(is_solved=False),
    "kind": Mark(attitude=rules.GOOD_ATTITUDE),
    "fair": Mark(attitude=rules.FAIR_ATTITUDE),
    "rude": Mark(attitude=rules.BAD_ATTITUDE),
    "other": Mark(),
}
# Short answers that only the question makes clear: 「不太好」 of the manner, 「快」 of the time.
IS_LATE = re.compile(r"慢|晚|迟|久|不及时|没及时|不快")
IS_SOON = re.compile(r"及时|快|准时|早")
IS_BAD = re.compile(r"不(?:太|怎么|大|是很)?(?:好|行|满意)|差|恶劣|凶|冷")
IS_FAIR = re.compile(r"一般|还行|还可以|凑合|马马虎虎|普通")
IS_GOOD = re.compile(r"好|不错|热情|耐心|可以|满意|棒|赞")
IS_NOT = frozenset({"没", "没有", "没呢", "还没", "还没有", "没好", "没解决", "不好"})
SHORT = 8


@dataclass(frozen=True, slots=True)
class Question:
    """One optional question of a name, its words, and what can be tapped."""

    name: str
    text: str
    choices: tuple[Choice, ...] = ()


def next_question(
    survey: Survey, *, is_repair: bool, is_bad: bool, asked: Sequence[str] = ()
) -> Question | None:
    """What is still worth asking, each once; None when enough is known or was asked."""
    if len(asked) >= MOST:
        return None
    found = [
        one for one in _open(survey, is_repair=is_repair, is_bad=is_bad) if one.name not in asked
    ]
    return found[0] if found else None


def _open(survey: Survey, *, is_repair: bool, is_bad: bool) -> Iterator[Question]:
    """The questions that a survey has no answer to, the most telling first."""
    if is_bad:
        knows = survey.is_solved is False or survey.was_in_time is False or _is_rude(survey)
        if not knows:
            yield Question(FAULT, ASK_FAULT, FAULTS)
        return
    if survey.score is None:
        yield Question(SCORE, ASK_SCORE)
    if survey.is_solved is None or survey.was_in_time is None:
        yield _outcome(survey, is_repair=is_repair)
    if survey.attitude is None:
        who = "师傅" if is_repair else "我们"
        yield Question(MANNER, f"{who}态度怎么样？想说的话也可以直接写。", (KIND, FAIR, RUDE))


def read(question: Question, text: str) -> Mark | None:
    """What an answer to a question says; an empty mark: nothing to say; None: no answer to it."""
    number = ordinal(text)
    if question.name == SCORE:
        return rules.read_mark(text) or (Mark() if is_skip(text) else None)
    if number is not None:
        in_range = 1 <= number <= len(question.choices)
        return SAYS[question.choices[number - 1].value] if in_range else None
    said = bare(text)
    for choice in question.choices:
        if said == bare(choice.label):
            return SAYS[choice.value]
    found = rules.read_words(text)
    if len(said) <= SHORT:
        found = _short(question, said, found)
    if found.is_empty and not (is_skip(text) or is_no(text)):
        return None
    return found


def _outcome(survey: Survey, *, is_repair: bool) -> Question:
    time = "来得及时吗" if is_repair else "办得及时吗"
    if survey.is_solved is None and survey.was_in_time is None:
        return Question(OUTCOME, f"弄好了吗，{time}？", (SOLVED_SOON, SOLVED_LATE, UNSOLVED))
    if survey.is_solved is None:
        return Question(OUTCOME, "弄好了吗？", (SOLVED, UNSOLVED))
    return Question(OUTCOME, f"{time}？", (SOON, LATE))


def _short(question: Question, said: str, found: Mark) -> Mark:
    values = {choice.value for choice in question.choices}
    if question.name == MANNER and found.attitude is None:
        return replace(found, attitude=_manner(said))
    asks_solved = "unsolved" in values and question.name == OUTCOME
    if asks_solved and found.is_solved is None:
        if said in IS_NOT:
            found = replace(found, is_solved=False)
        elif is_yes(said) or "好了" in said:
            found = replace(found, is_solved=True)
    asks_time = bool(values & {"soon", "solved soon", "late"})
    if asks_time and found.was_in_time is None:
        if IS_LATE.search(said):
            found = replace(found, was_in_time=False)
        elif IS_SOON.search(said) or (not asks_solved and is_yes(said)):
            found = replace(found, was_in_time=True)
    return found


def _manner(said: str) -> int | None:
    if IS_BAD.search(said):
        return rules.BAD_ATTITUDE
    if IS_FAIR.search(said):
        return rules.FAIR_ATTITUDE
    return rules.GOOD_ATTITUDE if IS_GOOD.search(said) else None


def _is_rude(survey: Survey) -> bool:
    return survey.attitude == rules.BAD_ATTITUDE
