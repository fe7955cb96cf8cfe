"""No power and faults: sorted by the triage tree, taken down at once, then helped with."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from config.triage import NEW, Ending
from handlers.customers import places as homes
from handlers.desk import Desk
from handlers.dialogue.answers import pick
from handlers.dialogue.case import case_of, story
from handlers.dialogue.details import is_detail
from handlers.dialogue.turn import Reply, Turn
from handlers.outages import service as outage_service
from handlers.tickets import arrears, contact, dangers, safety, service, triage, words
from handlers.tickets.fault_questions import (
    APART,
    beside,
    choices_of,
    details,
    keep_answers,
    known_answers,
)
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, add_words, open_ticket
from handlers.tickets.placing import place_ticket
from handlers.tickets.rules import ACTIVE, category_of
from handlers.tickets.triage import Trail
from handlers.tickets.triage_checks import Situation, says_only_mine

T = TypeVar("T")

__all__ = ["report_beside", "report_fault", "report_outage", "says_only_mine", "still_no_power"]

MOVED = "地点改成{place}了。"
PLACED = "地点记下了：{place}。"
ADDED = "记下了。"
MORE = "已补到 {number} 里。方便的话再留个手机号，不方便就回「跳过」。"
THANKS = "都记下了。{number} 有进展马上告诉您，想加急随时回「催一下」。"
KNOWN = (
    "{when}\n{place}{reason}停电，{until}。来电了我马上告诉您。\n"
    "不用再报修。要是只有您家没电，回「只有我家」。"
)


def report_outage(turn: Turn, desk: Desk) -> Reply:
    """Known outage? One of many? Else a ticket at once, then scope, back-feed and phone."""
    return _report(turn, desk, Category.OUTAGE)


def report_fault(turn: Turn, desk: Desk) -> Reply:
    return _report(turn, desk, category_of("report_fault", story(case_of(turn))))


def still_no_power(turn: Turn, desk: Desk) -> Reply:
    """Said to be back, and not here: the reported ticket reopens, else a new one."""
    if turn.is_fresh and (reply := contact.reopen_recent(turn, desk)) is not None:
        return reply
    return _report(turn, desk, Category.OUTAGE, still_dark=True)


def report_beside(turn: Turn, desk: Desk, told: dict[str, Any]) -> Reply:
    """After a known outage was told, 「只有我家」 makes a ticket all the same."""
    case = case_of(turn)
    case["place"] = told["place"]
    case["texts"] = [*told["texts"], turn.inbound.text]
    case["facts"]["scope"] = "household"
    return _report(turn, desk, Category.OUTAGE)


def _report(turn: Turn, desk: Desk, category: Category, *, still_dark: bool = False) -> Reply:
    """Walk the tree up to the ticket, or to what is to be done without one."""
    case = case_of(turn)
    if (reply := dangers.at_once(turn, desk, category)) is not None:
        return reply
    if "ticket" in case:
        return _more(turn, desk, case)
    report = Situation(turn, desk, case, category, still_dark)
    tree = desk.tables.triage
    trail = triage.walk(tree, tree.start, report.decide)
    if trail.reply is not None:
        return _calm(turn, trail.reply)
    if trail.at == tree.filing:
        return _take_down(report, trail)
    return ENDS[triage.leaf_of(tree, trail).ends](report, trail)


def _calm(turn: Turn, question: Reply) -> Reply:
    """Words for people stuck or in need come before any question."""
    first = safety.first_words(turn.danger) if turn.is_fresh else ""
    return (
        Reply(f"{first}\n\n{question.text}", question.choices, is_final=False)
        if first
        else question
    )


def _to_person(report: Situation, trail: Trail) -> Reply:
    ticket = _found(report.ticket)
    triage.remember(report.desk, ticket, trail)
    return contact.to_person(report.turn, report.desk, ticket)


def _attach(report: Situation, _: Trail) -> Reply:
    ticket, desk = _found(report.ticket), report.desk
    add_words(desk, ticket, story(report.case) or report.turn.inbound.text, by="resident")
    return report.turn.finish(words.attached(desk, ticket))


def _tell_outage(report: Situation, _: Trail) -> Reply:
    """Why and until when; whoever asks is told when it is over."""
    turn, desk = report.turn, report.desk
    outage, where = _found(report.outage), _found(report.where)
    code = _found(where.community_code)
    outage_service.subscribe(
        desk, outage, turn.user_id, community_code=code, building=where.building
    )
    homes.remember_place(desk, turn.user_id, code, where.building, where.room)
    turn.memory["beside"] = {"place": report.case["place"], "texts": report.case["texts"]}
    return turn.finish(words.known_outage(KNOWN, outage, where.name, desk.now))


def _pay(report: Situation, _: Trail) -> Reply:
    return report.turn.finish(arrears.PAY)


def _reconnect(report: Situation, trail: Trail) -> Reply:
    where, customer = _found(report.where), _found(report.customer)
    ticket, reply = arrears.reconnect(report.turn, report.desk, report.case, where, customer)
    triage.note(report.desk, ticket, trail)
    return reply


ENDS: Mapping[Ending, Callable[[Situation, Trail], Reply]] = {
    Ending.PERSON: _to_person,
    Ending.ATTACH: _attach,
    Ending.OUTAGE: _tell_outage,
    Ending.PAY: _pay,
    Ending.RECONNECT: _reconnect,
}


def _take_down(report: Situation, before: Trail) -> Reply:
    turn, desk, case = report.turn, report.desk, report.case
    facts, where = case["facts"], _found(report.where)
    phone = facts.get("phone") or homes.known_phone(desk, turn.user_id)
    case |= {
        "phone_known": bool(phone),
        "before": [list(step) for step in before.steps],
        "category": report.category,
        "still_dark": report.still_dark,
    }
    known = known_answers(desk, case)
    trail = _sorted_out(turn, desk, case, known)
    ticket, is_new = open_ticket(
        desk,
        Wish(
            category=report.category,
            text=story(case) or words.BY_CATEGORY[report.category],
            intent=turn.meaning.intent,
            is_p0=case.get("danger", {}).get("is_p0", False),
            openid=turn.user_id,
            community_code=where.community_code,
            place_text=where.name,
            building=where.building,
            room=where.room,
            name=facts.get("person"),
            phone=phone,
            account_number=facts.get("account_number"),
            fields={k: v for k, v in facts.items() if k in {"device", "time"}}
            | {k: v for k, v in known.items() if k not in APART}
            | {triage.FIELD: triage.summary(desk.tables.triage, trail)},
            has_generation=known.get("generation") == "yes",
        ),
    )
    case["ticket"] = ticket.number
    lead = safety.first_words(turn.danger)
    said = words.taken_down(desk, ticket, where, is_new=is_new)
    said = f"{lead}\n\n{said}" if lead else said
    if not is_new:
        if where.community_code is not None:
            code = where.community_code
            homes.remember_place(desk, turn.user_id, code, where.building, where.room)
        return turn.finish(said)
    triage.remember(desk, ticket, trail)
    return _then_details(turn, desk, case, said)


def _then_details(turn: Turn, desk: Desk, case: dict[str, Any], said: str) -> Reply:
    """The ticket's words, followed by the first question that is still open."""
    turn.memory["form"]["answers"] = {}
    tree = desk.tables.triage
    known = known_answers(desk, case)
    question = details(tree, _at(turn, desk, case)).advance(turn, known)
    lead = beside(tree, turn.memory["form"], asked_before="", answered_before={})
    told = "\n\n".join(filter(None, (said, lead)))
    if isinstance(question, Reply):
        return Reply(f"{told}\n\n{question.text}", question.choices, is_final=False)
    return turn.finish(told)


def _more(turn: Turn, desk: Desk, case: dict[str, Any]) -> Reply:
    """An answer after the ticket is open: put it on the ticket, ask the next."""
    ticket = service.get(desk, case["ticket"])
    if ticket.state not in ACTIVE:
        turn.memory.pop("form", None)
        return Reply(words.already(ticket))
    if contact.withdraws(turn.inbound.text):
        return _cancel(turn, desk, ticket, turn.inbound.text)
    if _is_fixed(turn.inbound.text) and not _is_choice(turn, desk):
        return _cancel(turn, desk, ticket, "住户自己处理好了")
    if (moved := contact.corrected_place(turn, desk, case["place"])) is not None:
        place_ticket(desk, ticket, moved, by="resident")
        return _asked_again(turn, MOVED.format(place=moved.text))
    if (whole := contact.completed_place(turn, desk, case["place"])) is not None:
        place_ticket(desk, ticket, whole, by="resident")
        add_words(desk, ticket, turn.inbound.text, by="resident")
        return _asked_again(turn, PLACED.format(place=whole.text))
    if contact.tells_more(turn):
        add_words(desk, ticket, turn.inbound.text, by="resident")
        return Reply(MORE.format(number=ticket.number), is_final=False)
    if is_detail(turn.inbound.text) and not _is_choice(turn, desk):
        add_words(desk, ticket, turn.inbound.text, by="resident")
        return _asked_again(turn, ADDED)
    return _answered(turn, desk, case, ticket)


def _asked_again(turn: Turn, said: str) -> Reply:
    """What was said, and the open question once more."""
    return Reply(f"{said}\n\n{turn.memory['form'].get('question', '')}", is_final=False)


def _answered(turn: Turn, desk: Desk, case: dict[str, Any], ticket: Ticket) -> Reply:
    """Keep the answers and what they say about the reason; ask what is open, or end."""
    tree, form = desk.tables.triage, turn.memory["form"]
    asked, before = form.get("asking") or "", dict(form["answers"])
    question = details(tree, _at(turn, desk, case)).advance(turn)
    answers = form["answers"]
    keep_answers(desk, ticket, answers)
    trail = _sorted_out(turn, desk, case, answers)
    triage.note(desk, ticket, trail)
    if triage.leaf_of(tree, trail).ends == Ending.CANCEL:
        return _cancel(turn, desk, ticket, triage.reason(ticket))
    lead = beside(tree, form, asked_before=asked, answered_before=before)
    if isinstance(question, Reply):
        text = f"{lead}\n\n{question.text}" if lead else question.text
        return Reply(text, question.choices, is_final=False)
    thanks = THANKS.format(number=ticket.number)
    return turn.finish(f"{lead}\n\n{thanks}" if lead else thanks)


def _at(turn: Turn, desk: Desk, case: dict[str, Any]) -> Callable[..., Trail]:
    """The walk after the ticket, by the answers given so far."""
    tree = desk.tables.triage
    category = Category(case["category"])
    report = Situation(turn, desk, case, category, case["still_dark"])

    def follow(answers: Mapping[str, Any], *, to_end: bool = False) -> Trail:
        return triage.walk(
            tree,
            tree.nodes[tree.filing].next[NEW],
            lambda name, node: (
                report.decide(name, node)
                if node.check
                else triage.branch_of(name, node, answers, to_end=to_end)
            ),
        )

    return follow


def _sorted_out(turn: Turn, desk: Desk, case: dict[str, Any], answers: Mapping[str, Any]) -> Trail:
    """The whole way to the leaf that fits what is known by now."""
    after = _at(turn, desk, case)(answers, to_end=True)
    before = [(name, branch) for name, branch in case["before"]]
    filed = (desk.tables.triage.filing, NEW)
    return Trail((*before, filed, *after.steps), after.at)


def _found(thing: T | None) -> T:
    """What the tree's checks must have found before this leaf (config/triage.py sees to it)."""
    if thing is None:
        raise LookupError("a leaf of the triage tree was reached without its check")
    return thing


def _cancel(turn: Turn, desk: Desk, ticket: Ticket, why: str) -> Reply:
    service.cancel(desk, ticket, by="resident", text=why)
    return turn.finish(words.CANCELLED.format(number=ticket.number))


def _is_choice(turn: Turn, desk: Desk) -> bool:
    """Whether the message picks an option of the open question."""
    node = desk.tables.triage.nodes.get(turn.memory["form"].get("asking") or "")
    return node is not None and pick(turn.inbound.text, choices_of(node)) is not None


def _is_fixed(text: str) -> bool:
    return (
        any(word in text for word in ("好了", "来电了", "有电了", "推上去了")) and "没" not in text
    )
