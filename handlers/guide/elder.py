"""Elder mode: 「大字」 makes what is said shorter, a sentence a line."""

import re

from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.dialogue.answers import bare
from handlers.dialogue.turn import Reply, Turn

ON_WORDS = frozenset(
    [
        "大字",
        "大字版",
        "老人",
        "老人版",
        "老年版",
        "老人模式",
        "长辈版",
        "长辈模式",
        "简短版",
        "老年模式",
    ]
)
OFF_WORDS = frozenset(
    [
        "普通",
        "普通版",
        "标准版",
        "正常版",
        "退出大字",
        "关闭大字",
        "取消大字",
        "小字",
        "退出老人模式",
    ]
)
ON = "好的，以后我说短一点。\n要找人，回 0。\n急事打 {hotline}。\n想变回来，回「普通版」。"
OFF = "好的，已换回普通版。"
KEY = "elder"  # in the conversation's memory: this person reads a sentence a line
PERSON_KEY = "0"
ONE_KEY = f"找人，回 {PERSON_KEY}。"
SENTENCE = re.compile(r"([。！？])(?=[^\n」』）])")


def short(text: str, *, is_final: bool) -> str:
    """A sentence a line; a question says with which one key a person comes."""
    lines = SENTENCE.sub(r"\1\n", text)
    return lines if is_final or "人工" in lines else f"{lines}\n{ONE_KEY}"


def is_elder(turn: Turn, desk: Desk) -> bool:
    resident = desk.session.get(Resident, turn.user_id)
    return resident is not None and resident.is_elder_mode


def switch_elder(turn: Turn, desk: Desk) -> Reply | None:
    """Turn the mode on or off; None where the words ask for neither."""
    words = bare(turn.inbound.text)
    if words not in ON_WORDS and words not in OFF_WORDS:
        return None
    resident = desk.session.get(Resident, turn.user_id)
    if resident is None:
        return None
    resident.is_elder_mode = words in ON_WORDS
    turn.memory.pop(KEY, None)
    if resident.is_elder_mode:
        turn.memory[KEY] = True
        return Reply(ON.format(hotline=desk.tables.contacts.hotline))
    return Reply(OFF)
