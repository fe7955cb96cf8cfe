"""Complaints, suggestions, praise, reports of theft, and claims for damage."""

from collections.abc import Callable
from typing import Any

from handlers.customers import places as homes
from handlers.desk import Desk
from handlers.dialogue.case import case_of, story
from handlers.dialogue.turn import Reply, Turn
from handlers.grid import queries as grid
from handlers.grid.models import Staff
from handlers.grid.places import Where, ask_place
from handlers.tickets import claims, contact, words
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket

ENOUGH = 8  # characters from which a first message tells what it is about

TOPICS: dict[str, tuple[str, ...]] = {
    "报装": ("报装", "开户", "增容", "充电桩", "光伏", "装表", "过户", "新装"),
    "电费缴纳": ("电费", "交费", "缴费", "扣费", "电价", "发票", "账单", "余额"),
    "抢修质量": ("抢修", "修", "师傅", "上门", "到场", "维修"),
    "电能替代": ("电采暖", "电锅炉", "煤改电", "电动", "电能替代"),
    "用电异常": ("电压", "跳闸", "闪", "电表", "漏电", "不稳"),
    "停电感知": ("停电", "断电", "来电", "通知", "没电"),
}

ASK_COMPLAINT = "您受委屈了。请说说是什么事：什么时候、哪里、怎么回事，我原样转给负责人。"
ASK_SUGGESTION = "您的建议是什么？请说具体些，我们登记后会答复您采纳没有。"
ASK_VIOLATION = "请说说在哪里、什么情况、大概什么时间。您的身份会保密，网格人员看不到是谁举报的。"
ASK_CLAIM = "请说说是什么电器坏了、什么时候、当时供电有什么异常。"
COMPLAINED = (
    "{when}前会有负责人联系您。投诉已受理，单号 {number}。不满意还可以打 {regulator}（能源监管）。"
)
SUGGESTED = "谢谢您的建议，单号 {number}，采纳不采纳都会答复您。"
MORE_OF_IT = "补到 {number} 里了，负责的人会一起看。"
PRAISED = "谢谢您的鼓励！已转达{who}，也会记进考评。"
REPORTED = "举报已受理，单号 {number}，我们会查实。您的身份保密，不会告诉网格人员。"
CLAIMED = (
    "{when}前有人联系您看现场。索赔已受理，单号 {number}。\n"
    "坏了的电器先别修、别扔，留好购买凭证。{rule}"
)
IN_TIME = "损坏赔偿要在发生之日起7天内提出，您这条已经算数。"
TOO_LATE = "按规定要在发生之日起7天内提出，您说的已经过了7天，能不能赔由核实的人当面告诉您。"


def complain(turn: Turn, desk: Desk) -> Reply:
    """投诉: to the responsible person, or to the team leader when it is about him."""

    def told(ticket: Ticket) -> str:
        due = words.due_text(ticket, desk.now, "first_contact") or "24小时"
        return COMPLAINED.format(
            when=due, number=ticket.number, regulator=desk.tables.contacts.regulator
        )

    return _opinion(turn, desk, Category.COMPLAINT, ASK_COMPLAINT, told)


def suggest(turn: Turn, desk: Desk) -> Reply:
    return _opinion(
        turn, desk, Category.SUGGESTION, ASK_SUGGESTION, lambda t: SUGGESTED.format(number=t.number)
    )


def praise(turn: Turn, desk: Desk) -> Reply:
    """表扬: recorded with the person, nothing is asked of one who is grateful."""
    case = case_of(turn)
    home = homes.known_place(desk, turn.user_id)
    latest = contact.latest_of(desk, turn.user_id)
    about = _person_named(desk, story(case)) or (latest.assignee if latest else None)
    named = turn.value("community")
    community = grid.community_by_name(desk.session, named) if named else None
    ticket, _ = open_ticket(
        desk,
        Wish(
            category=Category.PRAISE,
            text=story(case) or turn.text,
            intent="praise",
            openid=turn.user_id,
            community_code=next((p.community_code for p in (community, home, latest) if p), None),
            fields={"about": about.userid} if about else {},
            keeps_apart=True,
        ),
    )
    who = about.name if about else (ticket.assignee.name if ticket.assignee else "班组")
    return turn.finish(PRAISED.format(who=who))


def report_violation(turn: Turn, desk: Desk) -> Reply:
    """举报: confidential; grid staff see the matter, never the reporter."""
    return _opinion(
        turn,
        desk,
        Category.VIOLATION,
        ASK_VIOLATION,
        lambda t: REPORTED.format(number=t.number),
        is_confidential=True,
    )


def claim_damage(turn: Turn, desk: Desk) -> Reply:
    """损坏赔偿: within seven days, somebody looks at it within 24 hours."""

    def told(ticket: Ticket) -> str:
        due = words.due_text(ticket, desk.now, "first_contact") or "24小时"
        is_late = ticket.fields.get("within_7_days") == "no"
        rule = TOO_LATE if is_late else IN_TIME
        return CLAIMED.format(when=due, number=ticket.number, rule=rule)

    return _opinion(turn, desk, Category.CLAIM, ASK_CLAIM, told)


def topic_of(text: str) -> str:
    """The seed's topic an opinion belongs to."""
    scores = {topic: sum(word in text for word in terms) for topic, terms in TOPICS.items()}
    best = max(scores, key=lambda topic: scores[topic])
    return best if scores[best] else "其他"


def _opinion(
    turn: Turn,
    desk: Desk,
    category: Category,
    question: str,
    told: Callable[[Ticket], str],
    *,
    is_confidential: bool = False,
) -> Reply:
    case = case_of(turn)
    if len(story(case)) < ENOUGH and not case.get("asked_what"):
        case["asked_what"] = True
        turn.memory["form"]["asking"] = "what"
        turn.memory["form"]["takes_anything"] = True
        return Reply(question, is_final=False)
    where = _place(turn, desk, case)
    if isinstance(where, Reply):
        return where
    ticket, is_new = _open(turn, desk, case, category, where, is_confidential=is_confidential)
    return turn.finish(told(ticket) if is_new else MORE_OF_IT.format(number=ticket.number))


def _place(turn: Turn, desk: Desk, case: dict[str, Any]) -> Where | Reply:
    """Where it is about: the last ticket's place, home, or asked."""
    latest = contact.latest_of(desk, turn.user_id)
    home = homes.known_place(desk, turn.user_id)
    if not turn.values("community") and "place" not in case:
        if home is not None:
            return home
        if latest is not None and latest.community_code:
            return Where(latest.community_code, latest.place_text, latest.building)
    return ask_place(turn, desk)


def _open(
    turn: Turn,
    desk: Desk,
    case: dict[str, Any],
    category: Category,
    where: Where,
    *,
    is_confidential: bool,
) -> tuple[Ticket, bool]:
    text = story(case)
    about = _person_named(desk, text)
    latest = contact.latest_of(desk, turn.user_id)
    if about is None and category == Category.COMPLAINT and latest is not None:
        about = latest.assignee
    return open_ticket(
        desk,
        Wish(
            category=category,
            text=text,
            intent=turn.meaning.intent,
            openid=turn.user_id,
            community_code=where.community_code,
            place_text=where.name,
            building=where.building,
            room=where.room,
            phone=case["facts"].get("phone") or homes.known_phone(desk, turn.user_id),
            fields={
                "topic": topic_of(text),
                **({"about": about.userid} if about else {}),
                **(claims.term(desk, case) if category == Category.CLAIM else {}),
                **({"event": case["event"]} if "event" in case else {}),
            },
            about_userid=about.userid if about and category == Category.COMPLAINT else None,
            is_confidential=is_confidential,
        ),
    )


def _person_named(desk: Desk, text: str) -> Staff | None:
    """The member of staff whose full name stands in the text, if exactly one does."""
    named = [person for person in grid.active_staff(desk.session) if person.name in text]
    return named[0] if len(named) == 1 else None
