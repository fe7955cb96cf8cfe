"""Questions of knowledge: how things are done, what is safe; who and where."""

from datetime import datetime, timedelta
from typing import Any

from config.guides import Page
from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_no, is_yes, ordinal, pick
from handlers.dialogue.case import case_of, story
from handlers.dialogue.turn import Choice, Reply, Turn
from handlers.guide import pages, search, service
from handlers.guide.contact import find_contact
from handlers.guide.elder import is_elder

__all__ = ["ask_guide", "ask_safety", "find_contact", "is_follow_up"]

ASK_SERVICE = "您要办的是哪一项？回数字就行："
ASK_PAGE = "您想问的是哪个？回数字就行："
NONE_OF_THESE = "都不是"
UNSURE = "这个我不确定，不敢乱说，已记下请同事补上。\n急着知道请回「人工」，或打 {hotline}。"
UNSURE_SAFETY = (
    "这个我不确定，不敢乱说。拿不准就先断电、别碰。\n想问清楚请回「人工」，或打 {hotline}。"
)
UNSURE_GROUP = "这个我不确定，请打 {hotline}，或到公众号里问。"
# What an application is called in a question (NLU.md, service).
SERVICES = (
    Choice("装充电桩", "charging_pile", ("充电桩", "桩")),
    Choice("装光伏", "pv", ("光伏", "太阳能")),
    Choice("新装电表", "supply", ("新装", "装表", "开户")),
    Choice("增容", "capacity", ("容量",)),
    Choice("三相电", "three_phase", ("三相", "动力电")),
    Choice("临时用电", "temporary", ("临时",)),
    Choice("过户", "transfer", ("更名", "改名")),
    Choice("销户", "close", ("拆表",)),
    Choice("峰谷电价", "tariff", ("峰谷",)),
    Choice("校表", "meter_check", ("验表",)),
)
OTHER_SERVICES = {"rename": "更名", "multi_person": "一户多人口", "move": "移表", "invoice": "发票"}
TOPICS = {choice.value: choice.label for choice in SERVICES} | OTHER_SERVICES
MEMORY = timedelta(minutes=30)
MAX_OFFERS = 3
SHORT = 12


def ask_guide(turn: Turn, desk: Desk) -> Reply:
    """How something is done: materials, steps, days, cost; the service is asked for if missing."""
    case = case_of(turn)
    question = story(case) or turn.text
    topic = _service(turn, case)
    if not topic and _needs_topic(desk, question):
        topic = spoken_of(turn)
        if not topic and search.residents(desk).is_general(question) and not turn.inbound.chat_id:
            case["asking"] = "service"
            return Reply(ASK_SERVICE, SERVICES, is_final=False)
    return _answer(turn, desk, case, question, topic)


def is_follow_up(turn: Turn, desk: Desk) -> bool:
    """Whether it is 「多久」 or 「要钱吗」 right after an answer about a service."""
    text = turn.text
    if not bare(text) or ordinal(text) is not None or is_yes(text) or is_no(text):
        return False
    return bool(spoken_of(turn)) and search.residents(desk).is_general(text)


def page_about(turn: Turn, desk: Desk, word: str) -> Reply | None:
    """The page that surely answers and speaks of the word itself; None where none does."""
    index = search.residents(desk)
    found = index.search(turn.text, intent=turn.meaning.intent, on=turn.now.date())
    if not search.is_sure(found):
        return None
    page = found[0].page
    speaks = word in f"{page.title}{''.join(page.questions)}{page.answer}"
    return _show(turn, desk, page) if speaks else None


def _needs_topic(desk: Desk, question: str) -> bool:
    """Whether a short question says how much or how long, but not of what."""
    index = search.residents(desk)
    if index.is_general(question):
        return True
    if len(question) > SHORT or index.service_in(question):
        return False
    found = index.search(question, intent="ask_guide", limit=1)
    return bool(found) and bool(found[0].page.service) and found[0].score < search.VERY_SURE


def ask_safety(turn: Turn, desk: Desk) -> Reply:
    """Advice on using electricity safely."""
    case = case_of(turn)
    return _answer(turn, desk, case, story(case) or turn.text, "")


def _service(turn: Turn, case: dict[str, Any]) -> str:
    """The service this question is about: chosen, or named in the message."""
    if case.get("asking") == "service" and not turn.is_fresh:
        chosen = pick(turn.inbound.text, SERVICES)
        case["service"] = chosen.value if chosen else turn.value("service")
        case["asking"] = ""
    return case.get("service") or turn.value("service") or ""


def spoken_of(turn: Turn) -> str:
    """The service of the answer before, for 「要几天」 after 「要什么材料」."""
    last = turn.memory.get("guide")
    if not last or turn.now - datetime.fromisoformat(last["at"]) > MEMORY:
        return ""
    return str(last["service"])


def _answer(turn: Turn, desk: Desk, case: dict[str, Any], question: str, topic: str) -> Reply:
    """The page that answers, else a choice of near ones, else that it is not known."""
    if case.get("pages") and not turn.is_fresh and (reply := _take_page(turn, desk, case)):
        return reply
    words = question
    if topic and not search.residents(desk).service_in(question):
        words = f"{TOPICS.get(topic, '')}{question}"
    found = search.residents(desk).search(
        words, service=topic, intent=turn.meaning.intent, on=turn.now.date()
    )
    if search.is_sure(found):
        return _show(turn, desk, found[0].page)
    near = [one.page for one in found if one.score >= search.MAYBE][:MAX_OFFERS]
    if not near or case.get("pages") or turn.inbound.chat_id:
        return _unsure(turn, desk, question)
    case["pages"], case["question"] = [page.name for page in near], question
    choices = [Choice(page.title, page.name) for page in near]
    return Reply(ASK_PAGE, (*choices, Choice(NONE_OF_THESE, "")), is_final=False)


def _take_page(turn: Turn, desk: Desk, case: dict[str, Any]) -> Reply | None:
    """The answer to which page is meant; None for other words, which are searched in turn."""
    offered = [page for name in case["pages"] if (page := desk.tables.guide.page(name))]
    choices = [Choice(page.title, page.name) for page in offered]
    chosen = pick(turn.inbound.text, (*choices, Choice(NONE_OF_THESE, "", ("没有", "不是"))))
    if chosen is None:
        return _unsure(turn, desk, case["question"]) if is_no(turn.inbound.text) else None
    page = desk.tables.guide.page(chosen.value)
    return _show(turn, desk, page) if page else _unsure(turn, desk, case["question"])


def _show(turn: Turn, desk: Desk, page: Page) -> Reply:
    is_short = bool(turn.inbound.chat_id) or is_elder(turn, desk)
    if page.service:
        turn.memory["guide"] = {"service": page.service, "at": turn.now.isoformat()}
    return turn.finish(pages.said(page, desk.tables.contacts, is_short=is_short))


def _unsure(turn: Turn, desk: Desk, question: str) -> Reply:
    """Say honestly that it is not known, and list the question for the editors."""
    service.not_answered(desk, question, intent=turn.meaning.intent)
    words = UNSURE_SAFETY if turn.meaning.intent == "ask_safety" else UNSURE
    if turn.inbound.chat_id:
        words = UNSURE_GROUP
    return turn.finish(words.format(hotline=desk.tables.contacts.hotline))
