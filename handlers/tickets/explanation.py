"""A deadline in plain Chinese: the rule, each counted interval, what was left out and why."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby

from config.calendars import WEEKDAYS, WorkCalendar
from config.clock import CHINA
from config.sla import Span, Stage, Unit
from handlers.tickets.clock_rules import Interval, Pause, merged
from handlers.tickets.stage_rules import Deadline

STAGE_WORDS = {
    Stage.FIRST_CONTACT: "联系",
    Stage.ARRIVAL: "到场",
    Stage.RESTORATION: "恢复供电",
    Stage.REPLY: "答复",
}
UNIT_WORDS = {
    Unit.MINUTES: "分钟",
    Unit.HOURS: "小时",
    Unit.WORKING_HOURS: "个工作小时",
    Unit.WORKING_DAYS: "个工作日",
}
HOUR = 60
RUN = 2


def heading(title: str, start: datetime, *, is_paused: bool) -> list[str]:
    found = [title, f"计时从{start.astimezone(CHINA):%Y}年{moment_words(start)}开始。"]
    if is_paused:
        found.append("时限现在暂停，恢复后顺延。")
    return found


def lines(deadline: Deadline, calendar: WorkCalendar, now: datetime) -> list[str]:
    """One stage: until when and how it stands, on what promise, and what was counted."""
    return [
        f"【{STAGE_WORDS[deadline.stage]}】{moment_words(deadline.due)}前，{standing(deadline, now)}",
        f"  {deadline.clock.basis}",
        f"  规定{span_words(deadline.clock.span)}，{_manner(deadline.clock.span)}",
        *(f"  {line}" for line in counted_lines(deadline, calendar)),
    ]


def resident_line(deadline: Deadline, calendar: WorkCalendar) -> str:
    """The same for the resident: until when, and which days do not count."""
    left_out = [words for words, _ in _left_out(deadline, calendar)]
    because = f"，其中{'、'.join(left_out)}不算" if left_out else ""
    rule = span_words(deadline.clock.span)
    return f"最晚{deadline.due:%m月%d日%H:%M}前{STAGE_WORDS[deadline.stage]}（{rule}{because}）"


def standing(deadline: Deadline, now: datetime) -> str:
    if deadline.met_at is not None:
        how = "超时" if deadline.is_late(now) else "按时"
        return f"已于{moment_words(deadline.met_at)}完成，{how}"
    gap = duration_words(abs(deadline.due - now))
    return f"已超时{gap}" if deadline.is_late(now) else f"还有{gap}"


def counted_lines(deadline: Deadline, calendar: WorkCalendar) -> list[str]:
    """Counted intervals and what was left out between them, in the order of time."""
    found: list[tuple[datetime, str]] = []
    if deadline.trace.begins > deadline.trace.since:
        found.append(
            (deadline.trace.since, f"{day_words(deadline.trace.since)} 当天不计，次日起算")
        )
    for _, group in groupby(deadline.trace.counted, key=_day_of):
        pieces = list(group)
        found.append((pieces[0].start, _day_line(pieces)))
    found += [
        (pause.start, f"{_stretch(pause.start, pause.end)} 暂停，不计：{pause.reason}")
        for pause in _pauses_within(deadline)
    ]
    found += [
        (datetime.combine(day, time(), CHINA), f"{words} 不计")
        for words, day in _left_out(deadline, calendar)
    ]
    return [line for _, line in sorted(found, key=lambda one: one[0])]


def moment_words(moment: datetime) -> str:
    return f"{day_words(moment)} {moment.astimezone(CHINA):%H:%M}"


def day_words(moment: datetime) -> str:
    day = moment.astimezone(CHINA)
    return f"{day:%m-%d}周{WEEKDAYS[day.weekday()]}"


def span_words(span: Span) -> str:
    if span.unit == Unit.MINUTES and span.amount > HOUR:
        return duration_words(timedelta(minutes=span.amount))
    return f"{span.amount}{UNIT_WORDS[span.unit]}"


def duration_words(length: timedelta) -> str:
    """`2天3小时`, `1小时30分钟`, `不到1分钟`."""
    minutes = int(length.total_seconds() // 60)
    days, rest = divmod(minutes, 24 * HOUR)
    hours, minutes = divmod(rest, HOUR)
    named = ((days, "天"), (hours, "小时"), (minutes, "分钟"))
    return "".join([f"{amount}{word}" for amount, word in named if amount][:2]) or "不到1分钟"


def _manner(span: Span) -> str:
    if span.unit == Unit.WORKING_DAYS:
        return "只计工作时间，收到当天不计"
    return "全天候计时" if span.calendar == "always" else "只计工作时间"


def _day_of(piece: Interval) -> date:
    return piece.start.astimezone(CHINA).date()


def _day_line(pieces: list[Interval]) -> str:
    total = sum((piece.length for piece in pieces), timedelta())
    first = pieces[0]
    if len(pieces) == 1:
        return f"{_stretch(first.start, first.end)} 计{duration_words(total)}"
    times = "、".join(f"{piece.start:%H:%M}–{_end_words(piece)}" for piece in pieces)
    return f"{day_words(first.start)} {times} 计{duration_words(total)}"


def _end_words(piece: Interval) -> str:
    return "24:00" if piece.end.date() > piece.start.date() else f"{piece.end:%H:%M}"


def _stretch(start: datetime, end: datetime) -> str:
    """`11-25周三 10:00–10:45`, or with both days where midnight lies between."""
    if start.date() == end.date():
        return f"{moment_words(start)}–{end:%H:%M}"
    return f"{moment_words(start)} 至 {moment_words(end)}"


def _pauses_within(deadline: Deadline) -> list[Pause]:
    trace = deadline.trace
    return [
        pause
        for pause in merged(deadline.pauses)
        if pause.end > trace.begins and pause.start < trace.due
    ]


def _left_out(deadline: Deadline, calendar: WorkCalendar) -> Iterator[tuple[str, date]]:
    """Runs of days on which the calendar is closed, with their names: 10-01至10-07国庆节."""
    name = deadline.clock.span.calendar
    day, last = deadline.trace.begins.date(), deadline.trace.due.date()
    closed: list[tuple[str, date]] = []
    while day <= last:
        if not calendar.counts(name, day):
            word = calendar.day_name(day)
            closed.append(("周末" if word in {"周六", "周日"} else word, day))
        day += timedelta(days=1)
    # Days that follow each other keep the same distance to their place in the list.
    numbered = [(word, day.toordinal() - place, day) for place, (word, day) in enumerate(closed)]
    for (word, _), group in groupby(numbered, key=lambda one: one[:2]):
        days = [one[2] for one in group]
        stretch = f"{days[0]:%m-%d}" + (f"至{days[-1]:%m-%d}" if len(days) >= RUN else "")
        yield f"{stretch}{word}", days[0]
