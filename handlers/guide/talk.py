"""Small talk, what the bot can do, and what is not ours: whom to call instead."""

from handlers.customers.models import Resident
from handlers.desk import Desk
from handlers.dialogue.turn import Reply, Turn

GREET = "您好，这里是供电服务站。停电报修、电费、办电，直接打字告诉我就行。"
THANK = "不客气，应该的。有事随时发消息。"
GOODBYE = "再见，祝您生活愉快。有事随时发消息，急事打 {hotline}（24小时）。"
NOTHING_OPEN = "好的。还有什么要办的，直接告诉我就行。"
NOTHING_TO_STOP = "好的。现在没有正在填的内容，有事直接告诉我就行。"
HELP = (
    "我能办这些，直接打字说就行：\n"
    "1 报停电、报故障：说哪里、怎么了\n"
    "2 查停电：明天我们小区停电吗\n"
    "3 查电费、交费、开发票\n"
    "4 办电：充电桩、光伏、新装、过户、峰谷电价\n"
    "5 查进度、催一催：单子到哪一步了\n"
    "6 投诉、建议、表扬、举报\n"
    "7 问怎么办、要什么材料、安全用电\n"
    "8 绑定户号、开关停电提醒\n"
    "回「人工」找人。有危险先离开，打 {hotline}。"
)
HELP_SHORT = "我帮您：\n1 报停电\n2 查电费\n3 办电\n4 找人\n直接说事就行。急事打 {hotline}。"
OTHER = "这事归{name}管，我们办不了。请打 {number}。"
NOT_OURS = "这个我帮不上忙。用电的事随时问我，比如「我家没电了」「这个月电费多少」。回「帮助」看我能办什么。"
SHORT_REDIRECT = "这个我不懂。用电的事找我，或打 {hotline}。"


def is_elder(turn: Turn, desk: Desk) -> bool:
    resident = desk.session.get(Resident, turn.user_id)
    return resident is not None and resident.is_elder_mode


def greet(turn: Turn, desk: Desk) -> Reply:
    return Reply(GREET)


def thank(turn: Turn, desk: Desk) -> Reply:
    return Reply(THANK)


def goodbye(turn: Turn, desk: Desk) -> Reply:
    return Reply(GOODBYE.format(hotline=desk.tables.contacts.hotline))


def affirm(turn: Turn, desk: Desk) -> Reply:
    """A yes with nothing open to answer."""
    return Reply(NOTHING_OPEN)


def deny(turn: Turn, desk: Desk) -> Reply:
    """A no with nothing open to answer."""
    return Reply(NOTHING_OPEN)


def stop(turn: Turn, desk: Desk) -> Reply:
    return Reply(NOTHING_TO_STOP)


def ask_help(turn: Turn, desk: Desk) -> Reply:
    """What can be done here, numbered."""
    words = HELP_SHORT if is_elder(turn, desk) else HELP
    return Reply(words.format(hotline=desk.tables.contacts.hotline))


def out_of_scope(turn: Turn, desk: Desk) -> Reply:
    """Whom to call for what is another's matter; a friendly way back for all else."""
    contacts = desk.tables.contacts
    other = contacts.responsible_for(turn.text)
    if other is None:
        words = SHORT_REDIRECT if is_elder(turn, desk) else NOT_OURS
        return Reply(words.format(hotline=contacts.hotline))
    said = OTHER.format(name=other.name, number=other.number or contacts.city)
    return Reply(f"{other.advice}\n{said}" if other.advice else said)
