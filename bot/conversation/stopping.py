"""Words that leave, begin again or cut short what is being filled in."""

import re
from typing import Any

from bot.conversation import context

STOP_WORDS = frozenset(["取消", "算了", "不办了", "不弄了", "退出", "不填了", "停止", "不报了"])
RESTART_WORDS = frozenset(["重来", "重新来", "重新开始", "从头来", "重填", "重新填"])
OPEN = ("form", "offers", "pending")
# Said amid the questions after a ticket is open: the ticket stands, nothing more is asked.
ENOUGH_ASKED = re.compile(
    r"^你?(?:别|不要|莫|甭)再?问|问(?:这么|那么|恁)多|问来问去|烦不烦|"
    r"不想(?:回答|答|说了|填)|懒得(?:答|说|填)"
)


def wants_out(memory: dict[str, Any], words: str) -> bool:
    """Whether 「算了」 leaves something open, or 「别问了」 the questions about a ticket."""
    if is_enough(memory, words):
        return True
    is_open = any(memory.get(kind) for kind in OPEN) or bool({"survey", "poll"} & set(memory))
    return words in STOP_WORDS and is_open


def is_enough(memory: dict[str, Any], words: str) -> bool:
    form = memory.get("form")
    is_asked = isinstance(form, dict) and context.ticket_of(form) is not None
    return is_asked and ENOUGH_ASKED.search(words) is not None
