"""Read short answers: a number, a label, a keyword, yes, no, leave it out."""

import re
from collections.abc import Sequence

from handlers.dialogue.turn import Choice

YES = frozenset(
    [
        "是",
        "是的",
        "对",
        "对的",
        "对对",
        "对呀",
        "对啊",
        "好",
        "好的",
        "好滴",
        "好吧",
        "行",
        "可以",
        "嗯",
        "嗯嗯",
        "恩",
        "恩恩",
        "要",
        "需要",
        "确认",
        "确定",
        "没错",
        "正确",
        "同意",
        "ok",
        "yes",
        "y",
        "1",
        "是嘞",
        "要得",
        "中",
        "✓",
        "👌",
        "👍",
    ]
)
NO = frozenset(
    [
        "不",
        "不是",
        "不对",
        "不用",
        "不要",
        "不用了",
        "不需要",
        "不了",
        "没有",
        "没",
        "否",
        "no",
        "n",
        "2",
        "算了",
        "错",
        "错了",
        "别",
        "甭",
        "不行",
        "不可以",
        "冇",
        "莫",
    ]
)
SKIP = frozenset(
    [
        "跳过",
        "没有",
        "无",
        "不知道",
        "不清楚",
        "不晓得",
        "不方便",
        "不想留",
        "不留",
        "略",
        "没",
        "不用",
        "不用了",
        "不要",
        "算了吧",
        "暂无",
        "不填",
    ]
)

# Who does not understand the question is asked the next one.
LOST = (
    "不知道",
    "不晓得",
    "不清楚",
    "不懂",
    "听不懂",
    "看不懂",
    "搞不懂",
    "搞不清",
    "唔知",
    "不会看",
)
AT_A_LOSS = 12
NO_PHONE = re.compile(
    r"^(?:我)?(?:不|别|没|就不)(?:想|方便|用|愿意|要|打算|太)*(?:留|给|说|有|填)*(?:我的?)?"
    r"(?:电话|手机号?|号码|联系方式)(?:码)?[了吧啊呀哈]*$|"
    r"^(?:电话|手机号?)(?:码)?(?:就|我)*(?:不留|不给|算|不用)[了吧啊]*$"
)

DIGITS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
ORDINAL = re.compile(
    r"^(?:第|选|选择|我选)?\s*(\d{1,2}|[一二两三四五六七八九十]|[①-⑩]|[１-９])\s*(?:个|项|号|条|吧|呗|。|\.|、|)?$"
)


def bare(text: str) -> str:
    """A short answer without the punctuation and courtesy around it."""
    return re.sub(r"[\s,，.。!！?？~～、;；:：…\"'“”]+", "", text).lower()


def is_yes(text: str) -> bool:
    return bare(text).rstrip("的了吧呀啊哦呢嘛哈") in YES or bare(text) in YES


def is_no(text: str) -> bool:
    return bare(text).rstrip("吧呀啊哦呢嘛哈") in NO or bare(text) in NO


def is_skip(text: str) -> bool:
    said = bare(text)
    is_at_a_loss = len(said) <= AT_A_LOSS and said.lstrip("我俺额也").startswith(LOST)
    return said in SKIP or is_at_a_loss or refuses_phone(text)


def refuses_phone(text: str) -> bool:
    """「不想留电话」「没有手机」."""
    return NO_PHONE.match(bare(text)) is not None


def ordinal(text: str) -> int | None:
    """The number of a choice: 2, 二, 第二个, ②."""
    match = ORDINAL.match(text.strip())
    if match is None:
        return None
    word = match[1]
    if word in CIRCLED:
        return CIRCLED.index(word) + 1
    return DIGITS.get(word) or int(word)


def pick(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The choice a text means: by its number, its label or a word of it, if one fits best."""
    number = ordinal(text)
    if number is not None:
        return choices[number - 1] if 1 <= number <= len(choices) else None
    said = bare(text)
    if not said:
        return None
    exact = [c for c in choices if said in {bare(c.label), bare(c.value), *map(bare, c.words)}]
    if exact:
        return exact[0]
    near = [(nearness, c) for c in choices if (nearness := _nearness(said, c))]
    nearest = [c for nearness, c in near if nearness == max(near, key=lambda one: one[0])[0]]
    return nearest[0] if len(nearest) == 1 else None


def _nearness(said: str, choice: Choice) -> int:
    """How much of a choice a text says: 「没有光伏」 says more than the 「有光伏」 in it."""
    words = [bare(word) for word in (choice.label, *choice.words)]
    spoken = [len(word) for word in words if word in said]
    return max([*spoken, len(said) if said in words[0] else 0])
