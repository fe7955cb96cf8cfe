"""No power and faults: take it down at once, then help and ask for what still lacks."""

from typing import Any

from handlers.customers import places as homes
from handlers.desk import Desk
from handlers.dialogue.answers import pick
from handlers.dialogue.case import case_of, story
from handlers.dialogue.form import Field, Form, RefusedError
from handlers.dialogue.turn import Choice, Reply, Turn
from handlers.grid.places import Where, ask_place, where_of
from handlers.outages import answers
from handlers.outages import queries as outages
from handlers.outages import service as outage_service
from handlers.outages.models import Outage
from handlers.tickets import arrears, contact, safety, service, words
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, add_words, open_ticket
from handlers.tickets.placing import place_ticket
from handlers.tickets.rules import ACTIVE, category_of

SCOPES = (
    Choice(
        "只有我家",
        "household",
        ("我家", "就我家", "一户", "单独", "自己家", "我一家", "邻居有电", "别家有电"),
    ),
    Choice(
        "整栋楼或左邻右舍都没电",
        "building",
        ("整栋", "整幢", "邻居也", "楼上楼下", "都没", "一片", "单元"),
    ),
    Choice("整个小区（村）都没电", "community", ("小区", "全村", "整个", "全部", "到处", "附近都")),
    Choice("不清楚", "unknown", ("不知道", "没看", "不晓得")),
)
GENERATION = (
    Choice("没有", "no", ("无", "没")),
    Choice("有", "yes", ("有光伏", "有发电机", "装了")),
)
ONLY_MINE = (
    "只有我家",
    "就我家",
    "只有我这",
    "只我一家",
    "我家单独",
    "其他家有电",
    "别人家有电",
    "邻居有电",
)

ASK_SCOPE = "还想问一句：停电的范围是？"
ASK_GENERATION = "家里有光伏或发电机吗？（防止倒送电伤到抢修师傅）"
ASK_PHONE = "留个手机号，师傅到了好联系您。（不方便就回「跳过」）"
SELF_CHECK = (
    "等师傅的时候可以先看一眼（别拆表箱、别碰裸线）：\n"
    "1 家里总开关或漏电保护器跳了没有；\n"
    "2 跳了就先拔掉大功率电器，只推一次；\n"
    "3 再跳就别推了，等师傅来。\n"
    "推上就好了的话，回「好了」我帮您撤单。"
)
MOVED = "地点改成{place}了。\n{question}"
MORE = "已补到 {number} 里。方便的话再留个手机号，不方便就回「跳过」。"
NOT_PHONE = "这个号码好像不对，请再发一次11位手机号，不方便就回「跳过」。"
THANKS = "都记下了。{number} 有进展马上告诉您，想加急随时回「催一下」。"
KNOWN = (
    "{when}\n{place}{reason}停电，{until}。来电了我马上告诉您。\n"
    "不用再报修。要是只有您家没电，回「只有我家」。"
)


def _details(case: dict[str, Any]) -> Form:
    """What is asked after the ticket is open; each may be left out."""
    return Form(
        "fault_details",
        (
            Field(
                "scope",
                ASK_SCOPE,
                name="范围",
                choices=SCOPES,
                entity="scope",
                is_optional=True,
                needed=lambda _: case.get("asks_scope", False),
            ),
            Field(
                "generation",
                ASK_GENERATION,
                name="光伏或发电机",
                choices=GENERATION,
                is_optional=True,
                needed=lambda answers: (
                    case.get("asks_scope", False)
                    and answers.get("scope") in {"household", "building"}
                ),
            ),
            Field(
                "phone",
                ASK_PHONE,
                name="电话",
                parse=parse_phone,
                entity="phone",
                is_optional=True,
                needed=lambda _: case.get("asks_phone", False),
            ),
        ),
    )


def parse_phone(text: str) -> str:
    phone = contact.phone_in(text)
    if phone is None:
        raise RefusedError(NOT_PHONE)
    return phone


def report_outage(turn: Turn, desk: Desk) -> Reply:
    """Known outage? One of many? Else a ticket at once, then scope, back-feed and phone."""
    return _report(turn, desk, Category.OUTAGE)


def report_fault(turn: Turn, desk: Desk) -> Reply:
    return _report(turn, desk, category_of("report_fault", story(case_of(turn))))


def still_no_power(turn: Turn, desk: Desk) -> Reply:
    """Said to be back, and not here: the reported ticket reopens, else a new one."""
    if turn.is_fresh and (reply := contact.reopen_recent(turn, desk)) is not None:
        return reply
    return _report(turn, desk, Category.OUTAGE, believes_restored=False)


def _report(turn: Turn, desk: Desk, category: Category, *, believes_restored: bool = True) -> Reply:
    case = case_of(turn)
    if "ticket" in case:
        return _more(turn, desk, case)
    if (reply := contact.too_often(turn, desk)) is not None:
        return reply
    home = homes.known_place(desk, turn.user_id)
    where = ask_place(turn, desk, known=home)
    if isinstance(where, Reply):
        return _calm(turn, where)
    asks_outages = category == Category.OUTAGE and believes_restored
    if asks_outages and (reply := _known_outage(turn, desk, case, where)) is not None:
        return reply
    is_wide = case["facts"].get("scope") == "community"
    exact = ask_place(turn, desk, needs_building=not is_wide, known=home)
    if isinstance(exact, Reply):
        return _calm(turn, exact)
    if asks_outages:
        reply = _known_outage(turn, desk, case, exact) or arrears.ask(turn, desk, case, exact)
        if reply is not None:
            return reply
    return _take_down(turn, desk, case, exact, category)


def _calm(turn: Turn, question: Reply) -> Reply:
    """Words for people stuck or in need come before any question."""
    first = safety.first_words(turn.danger) if turn.is_fresh else ""
    return (
        Reply(f"{first}\n\n{question.text}", question.choices, is_final=False)
        if first
        else question
    )


def _known_outage(turn: Turn, desk: Desk, case: dict[str, Any], where: Where) -> Reply | None:
    """The answer where an outage of this place is known, unless the resident says only his home."""
    if where.community_code is None or _says_only_mine(case) or turn.danger is not None:
        return None
    outage = outages.active_at(desk.session, where.community_code, where.building, desk.now)
    if outage is None or _may_be_spared(desk, outage, where):
        return None
    outage_service.subscribe(
        desk, outage, turn.user_id, community_code=where.community_code, building=where.building
    )
    homes.remember_place(desk, turn.user_id, where.community_code, where.building, where.room)
    turn.memory["beside"] = {"place": case["place"], "texts": case["texts"]}
    return turn.finish(words.known_outage(KNOWN, outage, where.name, desk.now))


def _may_be_spared(desk: Desk, outage: Outage, where: Where) -> bool:
    """Whether the building, not told yet, decides if this outage is the reason."""
    if where.building or where.community_code is None:
        return False
    return answers.is_partial(desk, outage, where.community_code)


def says_only_mine(text: str) -> bool:
    return any(mine in text for mine in ONLY_MINE)


def _says_only_mine(case: dict[str, Any]) -> bool:
    return case["facts"].get("scope") == "household" or any(map(says_only_mine, case["texts"]))


def report_beside(turn: Turn, desk: Desk, told: dict[str, Any]) -> Reply:
    """After a known outage was told, 「只有我家」 makes a ticket all the same."""
    case = case_of(turn)
    case["place"] = told["place"]
    case["texts"] = [*told["texts"], turn.inbound.text]
    case["facts"]["scope"] = "household"
    return _take_down(turn, desk, case, where_of(case["place"]), Category.OUTAGE)


def _take_down(
    turn: Turn, desk: Desk, case: dict[str, Any], where: Where, category: Category
) -> Reply:
    facts = case["facts"]
    is_p0 = turn.danger is not None and turn.danger.is_p0
    phone = facts.get("phone") or homes.known_phone(desk, turn.user_id)
    ticket, is_new = open_ticket(
        desk,
        Wish(
            category=category,
            text=story(case) or words.BY_CATEGORY[category],
            intent=turn.meaning.intent,
            is_p0=is_p0,
            openid=turn.user_id,
            community_code=where.community_code,
            place_text=where.name,
            building=where.building,
            room=where.room,
            name=facts.get("person"),
            phone=phone,
            account_number=facts.get("account_number"),
            fields={k: v for k, v in facts.items() if k in {"scope", "device", "time"}},
        ),
    )
    case["ticket"] = ticket.number
    case["asks_scope"] = is_new and category == Category.OUTAGE and "scope" not in facts
    case["asks_phone"] = is_new and not phone
    lead = safety.first_words(turn.danger)
    said = words.taken_down(desk, ticket, where, is_new=is_new)
    if facts.get("scope") == "household" and category == Category.OUTAGE and is_new:
        said = f"{said}\n\n{SELF_CHECK}"
    return _then_details(turn, case, f"{lead}\n\n{said}" if lead else said)


def _then_details(turn: Turn, case: dict[str, Any], said: str) -> Reply:
    """The ticket's words, followed by the first question that is still open."""
    turn.memory["form"]["answers"] = {}
    question = _details(case).advance(turn, known={"scope": case["facts"].get("scope")})
    if isinstance(question, Reply):
        return Reply(f"{said}\n\n{question.text}", question.choices, is_final=False)
    turn.memory.pop("form", None)
    return Reply(said)


def _more(turn: Turn, desk: Desk, case: dict[str, Any]) -> Reply:
    """An answer after the ticket is open: put it on the ticket, ask the next."""
    ticket = service.get(desk, case["ticket"])
    if ticket.state not in ACTIVE:
        turn.memory.pop("form", None)
        return Reply(words.already(ticket))
    if contact.withdraws(turn.inbound.text):
        service.cancel(desk, ticket, by="resident", text=turn.inbound.text)
        return turn.finish(words.CANCELLED.format(number=ticket.number))
    if _is_fixed(turn.inbound.text):
        service.cancel(desk, ticket, by="resident", text="住户自己处理好了")
        return turn.finish(words.CANCELLED.format(number=ticket.number))
    if (moved := contact.corrected_place(turn, desk, case["place"])) is not None:
        place_ticket(desk, ticket, moved, by="resident")
        question = turn.memory["form"].get("question", "")
        return Reply(MOVED.format(place=moved.text, question=question), is_final=False)
    if contact.tells_more(turn):
        add_words(desk, ticket, turn.inbound.text, by="resident")
        return Reply(MORE.format(number=ticket.number), is_final=False)
    answers = _details(case).advance(turn)
    if isinstance(answers, Reply):
        _apply(desk, ticket, turn.memory["form"]["answers"])
        return _with_self_check(turn, answers)
    _apply(desk, ticket, answers)
    turn.memory.pop("form", None)
    return Reply(THANKS.format(number=ticket.number))


def _with_self_check(turn: Turn, question: Reply) -> Reply:
    just_said = pick(turn.inbound.text, SCOPES)
    if just_said is not None and just_said.value == "household" and question.choices == GENERATION:
        return Reply(f"{SELF_CHECK}\n\n{question.text}", question.choices, is_final=False)
    return question


def _is_fixed(text: str) -> bool:
    return (
        any(word in text for word in ("好了", "来电了", "有电了", "推上去了")) and "没" not in text
    )


def _apply(desk: Desk, ticket: Ticket, answers: dict[str, Any]) -> None:
    scope, phone = answers.get("scope"), answers.get("phone")
    if scope and ticket.fields.get("scope") != scope:
        ticket.fields = {**ticket.fields, "scope": scope}
    if answers.get("generation") == "yes" and not ticket.has_generation:
        ticket.has_generation = True
        add_words(desk, ticket, "家里有光伏或发电机，注意防反送电。", by="resident")
    if phone and not ticket.phone:
        contact.set_phone(desk, ticket, phone)
