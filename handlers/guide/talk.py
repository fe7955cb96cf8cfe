"""Small talk, what the bot can do, and a friendly way back from what is not ours."""

import re
from datetime import datetime

from handlers.desk import Desk
from handlers.dialogue.answers import bare
from handlers.dialogue.turn import Reply, Turn
from handlers.guide import elsewhere, pages, search, service
from handlers.guide.contact import IS_LINE, LINES
from handlers.guide.elder import is_elder, switch_elder
from handlers.tickets import late_words

__all__ = [
    "affirm", "ask_help", "deny", "goodbye", "greet", "out_of_scope", "stop", "switch_elder", "thank",
]  # fmt: skip

GREET = "{hello}！这里是供电服务站，我在的。停电、电费、办电，直接说就行。"
GREET_SHORT = "{hello}！\n停电、电费、办电，\n直接说就行。"
THANK = "不客气，应该的。有事随时发消息。"
GOODBYE = "再见，祝您一切顺利。急事打 {hotline}，24小时有人。"
NOTHING_OPEN = "好的。还有什么要办的，直接告诉我就行。"
NOTHING_TO_STOP = "好的。现在没有正在填的内容，有事直接告诉我就行。"
HELP = (
    "我能办这些，直接打字说：\n"
    "1 报停电、报故障——「3栋没电了」\n"
    "2 查停电——「明天停电吗」\n"
    "3 电费——「这个月电费多少」\n"
    "4 办电——「装充电桩」「过户」\n"
    "5 查进度、催一催\n"
    "6 投诉、建议、表扬、举报\n"
    "7 问怎么办、安全用电\n"
    "8 绑定户号、停电提醒\n"
    "语音、照片、位置也能发。"
    "找人回「人工」，字要短回「大字」。\n有危险先离开，打 {hotline}。"
)
HELP_SHORT = "您说，我办：\n1 报停电\n2 查电费\n3 办电\n4 找人，回「人工」\n急事打 {hotline}。"
WHO = "我是供电服务站的自动助手，24小时在。我办不了的，回「人工」，站里的工作人员来接。"
IS_WHO = re.compile(r"你是|你叫|机器人|真人|真的人|电脑|人工智能|\bai\b|chatgpt|哪个单位|侬是|你係")
IS_APP = re.compile(r"app|APP|App|密码|登录|登不|验证码|注册|网上国网|掌上电力|版本")
NOT_OURS = "这个我帮不上。用电的事随时说，比如「我家没电了」「电费多少」。回「帮助」看我会什么。"
NOT_OURS_SHORT = "这个我不懂。\n用电的事找我。\n找人回「人工」。"
EMPTY = "您想说什么？打字告诉我，比如「3栋没电了」。"
# Chat that deserves an answer of its own kind, looked for in this order.
CHAT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"几点|什么时间了"), "现在是{time}。用电上有事随时说。"),
    (re.compile(r"天气|下雨|下雪|打雷|好热|好冷|台风"), "天气我看不了。刮大风、下大雨，离电线远一点，家里没电就告诉我。"),
    (re.compile(r"发错|按错|打错|错了|wrong|测试|test", re.IGNORECASE), "没关系。有事直接说就行，我在的。"),
    (re.compile(r"失恋|难过|难受|伤心|无聊|好累|辞职|烦死|呜呜|梦见"), "愿您快点好起来。我只会办用电的事，需要时随时说。"),
    (re.compile(r"^(?:[哈嘿呵嘻哦噢额呃嗯啊咦切哼嘀6]+|好的?哦?|啥|ok|在)$", re.IGNORECASE), "我在的。用电上有什么事，直接说就行。"),
    (re.compile(r"喜欢你|爱你|对象|你多大|长啥样|做梦吗"), "谢谢您惦记，我只是个办用电事的助手。有事随时说。"),
)  # fmt: skip
MAX_CHAT = 14
RUDE = re.compile(r"笨蛋|傻|蠢|垃圾|滚|妈的|tmd|sb|废物|智障", re.IGNORECASE)
RUDE_WORDS = "没帮到您，对不住。请说说用电上遇到什么事，或回「人工」，我请同事来。"
MORNING, NOON, AFTERNOON, EVENING = 5, 11, 13, 18


def greet(turn: Turn, desk: Desk) -> Reply:
    words = GREET_SHORT if is_elder(turn, desk) else GREET
    return Reply(words.format(hello=_hello(turn.now)))


def thank(turn: Turn, desk: Desk) -> Reply:
    return Reply(THANK)


def goodbye(turn: Turn, desk: Desk) -> Reply:
    return Reply(pages.filled(GOODBYE, desk.tables.contacts))


def affirm(turn: Turn, desk: Desk) -> Reply:
    """A yes with nothing open to answer."""
    return Reply(NOTHING_OPEN)


def deny(turn: Turn, desk: Desk) -> Reply:
    """A no with nothing open to answer."""
    return Reply(NOTHING_OPEN)


def stop(turn: Turn, desk: Desk) -> Reply:
    return Reply(NOTHING_TO_STOP)


def ask_help(turn: Turn, desk: Desk) -> Reply:
    """What can be done here, numbered; who is speaking; trouble with the utility's app."""
    if (switched := switch_elder(turn, desk)) is not None:
        return switched
    contacts = desk.tables.contacts
    if IS_LINE.search(turn.text):
        return Reply(pages.filled(LINES, contacts))
    if IS_APP.search(turn.text) and (page := desk.tables.guide.page("resident/app-help")):
        return Reply(pages.said(page, contacts, is_short=is_elder(turn, desk)))
    if IS_WHO.search(turn.text):
        return Reply(WHO)
    words = HELP_SHORT if is_elder(turn, desk) else HELP
    return Reply(pages.filled(words, contacts))


def out_of_scope(turn: Turn, desk: Desk) -> Reply:
    """Whom to call for another's matter; what was not understood is kept for review."""
    if (switched := switch_elder(turn, desk)) is not None:
        return switched
    text, contacts = turn.text, desk.tables.contacts
    if not any(character.isalnum() for character in bare(text)):
        return Reply(EMPTY)
    if (words := elsewhere.words_for(text, contacts)) is not None:
        return Reply(pages.filled(words, contacts))
    if RUDE.search(text):
        return Reply(RUDE_WORDS)
    if (chat := _chat(turn)) is not None:
        return Reply(chat)
    if (answer := _from_guide(turn, desk)) is not None:
        return answer
    service.review(desk, turn.inbound.text, (), why="not understood")
    if (added := late_words.add_rest(turn, desk)) is not None:
        return added
    return Reply(NOT_OURS_SHORT if is_elder(turn, desk) else NOT_OURS)


def _chat(turn: Turn) -> str | None:
    """A few kind words on what people say by the way."""
    text = bare(turn.text)
    if len(text) > MAX_CHAT:
        return None
    words = next((words for pattern, words in CHAT if pattern.search(text)), None)
    return words.format(time=f"{turn.now:%H:%M}") if words else None


def _from_guide(turn: Turn, desk: Desk) -> Reply | None:
    """A page that plainly answers a question which no intent was sure of."""
    found = search.residents(desk).search(turn.text, on=turn.now.date())
    if not found or found[0].score < search.VERY_SURE:
        return None
    return Reply(pages.said(found[0].page, desk.tables.contacts, is_short=is_elder(turn, desk)))


def _hello(now: datetime) -> str:
    if MORNING <= now.hour < NOON:
        return "早上好"
    if NOON <= now.hour < AFTERNOON:
        return "中午好"
    if AFTERNOON <= now.hour < EVENING:
        return "下午好"
    return "晚上好"
