"""A report as named tables of plain cells, for the page, the workbook and the PDF alike."""

from collections.abc import Sequence
from urllib.parse import urlencode

from bot.dashboard.scope import Links
from bot.dashboard.table import Cell, Table
from handlers.figures.over_time import Course
from handlers.figures.reports import Line, Report
from handlers.figures.totals import Totals
from handlers.tickets.models import Category
from handlers.tickets.rules import CATEGORY_WORDS

HEAD = (
    "受理",
    "办结",
    "响应率",
    "按时到场",
    "15分钟",
    "按时办结",
    "解决率",
    "满意率",
    "差评",
    "重复率",
)


SHARES = frozenset({3, 4, 5, 6, 7, 8, 10})


# Behind which list of `live.FIGURES` the tickets of a row of the summary stand.
BEHIND = {
    "受理": "created",
    "办结": "resolved",
    "响应率（按时联系）": "no_contact",
    "解决率（住户说解决了）": "unsolved",
    "满意率（4、5分）": "unsatisfied",
    "及时率（住户说及时）": "not_in_time",
    "态度好评率（住户说好）": "not_kind",
    "评价回收率": "no_answer",
    "15分钟内到场": "not_soon",
    "按时到场": "arrival_missed",
    "平均到场（分钟）": "arrived",
    "按时办结": "finish_missed",
    "承诺兑现": "promise_broken",
    "重复诉求率": "repeated",
    "差评": "bad_marks",
    "催办": "urged",
    "重新处理": "reopened",
}


def summary(report: Report, links: Links | None = None) -> Table:
    """The main figures, now and in the span before; with links each leads to its tickets."""
    now, before = report.totals, report.before
    rows: list[tuple[Cell, ...]] = [
        ("受理", now["created"], before["created"]),
        ("办结", now["resolved"], before["resolved"]),
        ("响应率（按时联系）", now.response_rate, before.response_rate),
        ("解决率（住户说解决了）", now.solved_rate, before.solved_rate),
        ("满意率（4、5分）", now.satisfaction, before.satisfaction),
        ("及时率（住户说及时）", now.time_rate, before.time_rate),
        ("态度好评率（住户说好）", now.manner_rate, before.manner_rate),
        ("评价回收率", now.answer_rate, before.answer_rate),
        ("15分钟内到场", now.soon_rate, before.soon_rate),
        ("按时到场", now.arrival_rate, before.arrival_rate),
        ("平均到场（分钟）", now.arrival_average, before.arrival_average),
        ("按时办结", now.finish_rate, before.finish_rate),
        ("承诺兑现", now.promise_rate, before.promise_rate),
        ("重复诉求率", now.repeat_rate, before.repeat_rate),
        ("差评", now["bad_marks"], before["bad_marks"]),
        ("催办", now["urged"], before["urged"]),
        ("重新处理", now["reopened"], before["reopened"]),
    ]
    leads = [links.tickets(BEHIND[str(row[0])], report.span) for row in rows] if links else []
    return Table("主要指标", ("指标", "本期", "上期"), rows, links=tuple(leads))


def tables(report: Report) -> list[Table]:
    """Every other table of a report; one without rows is left out."""
    found = [
        _sums("各服务站", "服务站", report.stations, "station"),
        _sums("各网格", "网格", report.grids, "grid"),
        _sums("各类诉求", "类别", report.categories),
        _people(report),
        _areas(report),
        Table(
            "低电压台区",
            ("台区", "编码", "户数", "低电压诉求"),
            [
                (area.name, area.area_code, area.households, count)
                for area, count in report.low_voltage
            ],
        ),
        Table(
            "热词",
            ("词", "工单数"),
            [(one.word, one.tickets) for one in report.words],
        ),
        Table(
            "上升的话题",
            ("话题", "本期", "往期平均"),
            [(_topic(one.topic), one.tickets, one.usual) for one in report.rising],
        ),
        _reliability(report),
        _promises(report),
        _quality(report),
        Table(
            "通知不到的小区",
            ("小区", "编码", "原因"),
            [(one.name, one.community_code, one.why) for one in report.unmapped],
        ),
        Table(
            "督办中",
            ("工单", "类别", "地点", "受理时间"),
            [
                (
                    one.number,
                    CATEGORY_WORDS[Category(one.category)],
                    one.place_text,
                    f"{one.created_at:%Y-%m-%d %H:%M}",
                )
                for one in report.supervised
            ],
        ),
        _talk(report),
    ]
    return [table for table in found if table.rows]


def days(report: Report) -> Table:
    return _sums("每日", "日期", report.days)


def _sums(title: str, key: str, lines: Sequence[Line], kind: str = "") -> Table:
    rows: list[tuple[Cell, ...]] = [(line.name, *_cells(line.totals)) for line in lines]
    links = tuple(_course(kind, line.key) for line in lines) if kind else ()
    return Table(title, (key, *HEAD), rows, SHARES, links=links)


def weeks(course: Course) -> Table:
    """One station, grid or person week by week."""
    rows: list[tuple[Cell, ...]] = [
        (f"{week.span.since:%m-%d}", *_cells(week.totals), week.totals.points)
        for week in reversed(course.weeks)
    ]
    return Table(f"{course.name}：每周", ("周一", *HEAD, "工时积分"), rows, SHARES)


def _course(kind: str, key: str) -> str:
    return "/dashboard/course?" + urlencode({"by": kind, "key": key}) if key else ""


def _cells(sums: Totals) -> tuple[Cell, ...]:
    return (
        sums["created"],
        sums["resolved"],
        sums.response_rate,
        sums.arrival_rate,
        sums.soon_rate,
        sums.finish_rate,
        sums.solved_rate,
        sums.satisfaction,
        sums["bad_marks"],
        sums.repeat_rate,
    )


def _people(report: Report) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            card.name,
            _place(report, card.station_code),
            card.totals.valid,
            card.totals.finish_rate,
            card.totals.satisfaction,
            card.totals["bad_marks"],
            card.points,
            f"{card.stars}星" if card.stars else "工单太少",
        )
        for card in report.people
    ]
    head = ("人员", "服务站", "工单", "按时办结", "满意率", "差评", "工时积分", "星级")
    note = "积分有异议可在控制台提出；星级按技能、质量、负荷综合评定。"
    links = tuple(_course("person", card.userid) for card in report.people)
    return Table("人员：积分与星级", head, rows, frozenset({3, 4}), note, links)


def _areas(report: Report) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (area.name, area.area_code, area.households, area.outages, area.faults, area.low_voltage)
        for area in report.areas
    ]
    head = ("台区", "编码", "户数", "60天停电次数", "故障诉求", "低电压诉求")
    return Table("频繁停电台区（改造依据）", head, rows)


def _reliability(report: Report) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            _place(report, one.key),
            one.households,
            one.interruptions,
            one.saidi,
            one.saifi,
            one.caidi,
        )
        for one in report.indices
    ]
    head = ("服务站", "户数", "停电次数", "SAIDI 分钟/户", "SAIFI 次/户", "CAIDI 分钟/次")
    return Table(
        "供电可靠性（按 IEEE 1366 估算）", head, rows, note="由停电记录估算，不是计量数据。"
    )


def _promises(report: Report) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (_place(report, one.key), one.estimates, one.hit_rate, one.bias_minutes)
        for one in report.outage_promises
    ]
    head = ("服务站", "预计次数", "准点率", "平均偏差（分钟）")
    note = "偏差为正：来电比预计晚。"
    return Table("预计来电时间准不准", head, rows, frozenset({2}), note)


def _quality(report: Report) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            _place(report, one.station_code),
            one.customers,
            one.share,
            one.with_phone,
            one.bound,
            "达标" if one.is_on_target else "未达标",
        )
        for one in report.quality
    ]
    head = ("服务站", "客户数", "资料完整率", "有电话", "已绑定微信", "目标")
    note = "目标：集中抄表 100%，其他 90%。"
    return Table("客户资料质量", head, rows, frozenset({2}), note)


def _talk(report: Report) -> Table:
    talk = report.talk
    if not talk.messages:
        return Table("机器人", (), [])
    rows: list[tuple[Cell, ...]] = [
        (
            talk.messages,
            talk.understood_rate,
            talk.handed_over_rate,
            talk.deflected_rate,
        )
    ]
    head = ("住户消息", "听懂", "转人工", "该转没转")
    note = "该转没转：机器人答了，10分钟内住户又要人工。"
    return Table("机器人", head, rows, frozenset({1, 2, 3}), note)


def _place(report: Report, station_code: str) -> str:
    return report.places.get(station_code, station_code)


def _topic(topic: str) -> str:
    return CATEGORY_WORDS[Category(topic)] if topic in set(Category) else topic
