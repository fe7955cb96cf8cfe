"""Numbers as they are said and typed: 300, 1,200.50, 三百五, 两千, 一二三."""

import re
from decimal import Decimal, InvalidOperation

import cn2an

DIGIT_OF = {
    **{str(digit): str(digit) for digit in range(10)},
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)),
    "幺": "1",
    "两": "2",
    "o": "0",
}
# At most 12 characters: longer ones are no quantities, and every pattern stays linear.
NUMBER = r"(?:\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,4})?[万千]?|[零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟]{1,12}(?:点[零一二三四五六七八九]{1,4})?)"
_PLAIN = re.compile(r"\d[\d,]*(?:\.\d+)?")
_FACTORS = {"万": 10_000, "千": 1_000}


def digits(text: str) -> str:
    """The digits of a text in order, Chinese ones too; everything else is dropped."""
    return "".join(DIGIT_OF.get(character, "") for character in text)


def number(text: str) -> Decimal | None:
    """The value of a number written in digits or in Chinese, None where it is none."""
    if not text:
        return None
    factor = _FACTORS.get(text[-1:], 1) if text[:1].isascii() else 1
    bare = text[:-1] if factor != 1 else text
    try:
        if _PLAIN.fullmatch(bare):
            return Decimal(bare.replace(",", "")) * factor
        if text.startswith(("百", "千", "万")):
            return None
        if not set(bare) & set("十百千万点拾佰仟"):
            return Decimal(digits(bare))
        return Decimal(str(cn2an.cn2an(bare.replace("〇", "零"), "smart")))
    except (ValueError, InvalidOperation):
        return None


def integer(text: str) -> int | None:
    """The value where it is a whole number."""
    value = number(text)
    return int(value) if value is not None and value == value.to_integral_value() else None


def plain(value: Decimal) -> str:
    """Without exponent and trailing zeros: 120.50 as 120.5, 1E+3 as 1000."""
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written
