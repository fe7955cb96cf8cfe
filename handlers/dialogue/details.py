"""Short statements that only add to what was told: since when, at what hour, what is not so."""

import re

from handlers.dialogue.answers import bare

_NUMBER = r"(?:[一二两三四五六七八九十几半好\d]+|好几)"
_LONG = rf"{_NUMBER}(?:多个?|个多?)?半?(?:天|晚上?|月|年|周|星期|礼拜|小时|钟头)多?"
_SINCE = re.compile(rf"^(?:都|已经?|有|快|差不多|大概|前后|持续)*{_LONG}(?:了|左右)*$")
_PART = r"(?:凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜)"
_HOUR = r"(?:[一二两三四五六七八九十\d]{1,3}点(?:钟|半|多)?)"
_WHEN = re.compile(
    rf"^(?:每天|天天|一般|平时|多半|都是?|就)*(?:{_PART}{_HOUR}?|{_HOUR})"
    rf"(?:以后|之后|左右|前后|开始|的时候|到{_PART}?{_HOUR})*$"
)
_DENIED = re.compile(
    r"^还?(?:没有|没得|没|冇|莫得)(?![有电好修到收复送来亮]|解决|恢复|处理)"
    r"(?!.{0,6}(?:人管|人理|人来|联系|消息|动静|反应|回音|通知|师傅))[^吗呢么?？]{2,8}$"
)
_MANY = re.compile(rf"^{_NUMBER}?(?:家|户|层|栋|排).{{0,3}}都?(?:这样|一样|有|是的?)$")
_MINE = re.compile(
    r"^(?:就|只有|只是|光是|都)(?:我|俺|阿拉|我们|咱)(?:家|屋头|屋里|屋企|们|这家)?(?:一家|一户)?$"
)


def is_detail(text: str) -> bool:
    """Whether a message tells nothing by itself, and much to whoever has just been told more."""
    said = bare(text)
    return any(form.match(said) for form in (_SINCE, _WHEN, _DENIED, _MANY, _MINE))
