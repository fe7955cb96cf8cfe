"""The words for days, parts of the day and hours, and what only looks like them."""

import re

# ruff: noqa: PLR2004 - the hours of the clock are no magic numbers

RELATIVE = {
    "大前天": -3, "大前晚": -3, "前天": -2, "前日": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨儿": -1,
    "昨": -1, "今天": 0, "今日": 0, "今儿": 0, "今": 0, "当晚": 0, "明天": 1, "明日": 1, "明儿": 1, "明": 1,
    "后天": 2, "后日": 2, "后晚": 2, "大后天": 3,
}  # fmt: skip
# NLU.md "What counts as an entity": the hour of a part of the day without a clock time.
DEFAULTS = {
    "凌晨": 3, "清晨": 8, "清早": 8, "大清早": 8, "一大早": 8, "大早上": 8, "早上": 8, "早晨": 8, "早": 8,
    "上午": 9, "中午": 12, "正午": 12, "晌午": 12, "下午": 15, "午后": 15, "傍晚": 18,
    "晚上": 20, "晚间": 20, "夜里": 20, "夜间": 20, "夜": 20, "晚": 20,
}  # fmt: skip
NOON = 12
MIDNIGHT = 24
DEEP_NIGHT = frozenset({"夜里", "半夜", "深夜", "夜间", "夜", "大半夜"})
WEEKDAYS = {
    **dict(zip("一二三四五六日", range(7), strict=True)),
    **dict(zip("123456", range(6), strict=True)),
    "天": 6,
}
WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
YEARS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
FRACTIONS = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}

IMPLIED = {"大前晚": "晚", "前晚": "晚", "后晚": "晚", "当晚": "晚"}

_CN = "零一二三四五六七八九十两"
_HOUR = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
_DAY = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
_PART = "凌晨|清晨|清早|大清早|一大早|大早上|早上|早晨|上午|中午|正午|晌午|下午|午后|傍晚|晚上|晚间|夜里|夜间|大半夜|半夜|深夜"
_TO = r" ?(?:到|至|-|~) ?"
_NOT_A_DAY = r"(?!楼|栋|院|线|门|表|杆|变|机|房|桩|箱|柜|店|台|车|位|铺|巷|弄|坑|公|码|段|地块|路|充|泵|闸|电|配|箱|网格|线|文)"
# 7/18 and 7.18号; a bare 7.18 is a number, 1/2的 a share.
_SLASH = r"(?<=\d)(?:/(?=\d{1,2}(?![\d/%.的]))|\.(?=\d{1,2} ?[日号]))"
_DATE = (
    rf"(?P<relative>大前天|大后天|前[天日晚]|[昨今明][天日儿]|后[天日晚]|当晚|[昨今明](?=早|晚|夜|晨|凌晨|上午|下午|中午))(?P<relative_part>早上|早晨|早|晚上|晚|夜里|夜)?(?!报|会|饭|餐)"
    r"|(?P<week>上上个?|上个?|这个?|本|下下个?|下个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天1-6])"
    rf"|(?P<year>(?:20\d\d ?[年./-]|[前去今明]年)) ?(?:的)?(?P<month>{_DAY}) ?[月./-] ?(?P<month_day>{_DAY}) ?[日号]?"
    rf"|(?<![\d./])(?P<month2>{_DAY}) ?(?:月|{_SLASH}) ?(?:(?P<from_day2>{_DAY})(?:[日号])?{_TO})?(?P<month_day2>{_DAY}) ?(?:[日号]|(?![\d.]|度|元|块|组|月|个|份))"
    rf"|(?<![\d.第a-z路街巷道弄组])(?:(?P<from_day>{_DAY})(?:[日号])?{_TO})?(?P<day>{_DAY}) ?[日号]{_NOT_A_DAY}"
)
_CLOCK = (
    rf"(?:(?P<from_hour>{_HOUR}){_TO})?(?P<hour>{_HOUR})"
    rf"(?:(?: ?[点时](?:钟|整)?(?P<minute>半|[一三13]刻|\d{{2}}分?|\d分|[{_CN}]{{2,3}}分?|[{_CN}]分)?)(?!\d)|:(?P<minute2>[0-5]\d)(?::[0-5]\d)?(?!\d))"
)
TO = re.compile(rf"[日号]?{_TO}")
EXPRESSION = re.compile(
    rf"(?:(?:{_DATE})(?: ?的)?(?:左右)? ?)?(?P<part>{_PART})?(?: ?的)? ?(?:(?<![\d.:])(?:{_CLOCK}))?"
)
# Without any of these no day, part of a day or hour is said.
SIGN = re.compile(rf"[昨今明前后周]|当晚|星期|礼拜|{_PART}|[\d{_CN}] ?[年月日号点时:./-]")
RANGE = re.compile(r"(?:[^。!?;到至]{0,6}?)(?:到|至|-|~|--)+ ?")
PAST = re.compile(r"[停断跳报交缴修坏送办申来]了?的|了(?!吗)|过(?!户)|刚|已经?")
_RECURRING = re.compile(
    r"(?:每[天日晚周月年个]?|天天|一到|总是|老是|经常|一般|平时|通常|老在|总在)[^,。!?;]{0,6}$"
)
_POINTS = re.compile(r"(?:建议|意见|要求|问题|不满|原因|疑问|希望|理由|一线|想法|诉求)")
_DECIMAL = re.compile(r"[\d零一二三四五六七八九]+(?:度|元|块|千|倍|%|米|公里|个百分|万|毛|兆|k)")
_A_LITTLE = re.compile(r"^(?:一|1)点$")
_CLOCK_WORD = re.compile(r"(?:钟|多|左右|半|整|到|至|的时候|停的|开始)")


def clock(part: str | None, hour: int) -> tuple[int, int]:
    """The hour of 24 and how many days later: 晚上12点 is 0 of the next day."""
    if part in DEEP_NIGHT or part in {"晚上", "晚间", "晚"}:
        if hour == 12:
            return 0, 1
        return (hour, 1) if hour <= 4 else (hour + 12 if hour < 12 else hour, 0)
    if part in {"下午", "午后", "傍晚"}:
        return (hour + 12 if hour < 12 else hour), 0
    if part in {"中午", "正午", "晌午"}:
        return (hour + 12 if hour <= 3 else hour), 0
    if part == "凌晨" and hour == 12:
        return 0, 0
    return hour, 0


def is_recurring(text: str, start: int) -> bool:
    """Said of every day, not of one."""
    return bool(_RECURRING.search(text[max(0, start - 10) : start]))


def is_no_time(text: str, match: re.Match[str]) -> bool:
    """快一点, 提两点意见, 零点五度: no hour is meant."""
    said = match[0].strip()
    if not match["hour"] or ":" in said:
        return False
    after = text[match.end() : match.end() + 6]
    if _POINTS.match(after) or _DECIMAL.match(after):
        return True
    return bool(_A_LITTLE.match(said)) and not _CLOCK_WORD.match(after)
