"""Applications for supply, charging piles, solar, tariffs and changes of an account.

What each asks, needs and goes through stands in config/services.toml; the talk is one for all:
the place, a choice or two, the summary that waits for 「确认」 or a phone, then the ticket.
"""

import re
from typing import Any

from config.services import Moment, Service
from handlers.applications import drafts, stage_rules, wording
from handlers.applications import service as stages
from handlers.applications.forms import facts_of, form_of, title_of, told
from handlers.applications.intake import (
    HOW_LONG,
    PAPERS,
    advance,
    begin,
    place_of,
    read_submit,
)
from handlers.applications.submission import SAME_MATTER, Application, submit
from handlers.desk import Desk
from handlers.dialogue.answers import bare, refuses_phone
from handlers.dialogue.case import case_of, story, tells_something
from handlers.dialogue.form import Form
from handlers.dialogue.turn import Reply, Turn
from handlers.grid.places import Where
from handlers.grid.rules import building_of
from handlers.tickets import contact, words
from handlers.tickets.models import Ticket
from handlers.tickets.opening import add_words

NO_PHONE = frozenset({"跳过", "不留", "不方便", "不想留"})
LOOKS = re.compile(r"看|核对|再发|材料|[吗呢么?？]$")
MIN_MORE = 3  # characters of an answer that adds something
LACKS_BUILDING = "几栋几号"
LACKS_ACCOUNT = "户号"
MIN_NEWS = 8  # characters from which a repeated wish tells the person in charge something new


def check_meter(turn: Turn, desk: Desk) -> Reply:
    """校表: fast, still or crossed with the neighbour's; five working days."""
    return _apply(turn, desk)


def apply_charging_pile(turn: Turn, desk: Desk) -> Reply:
    """充电桩: papers by the parking space; refusing property managers, dedicated transformers."""
    return _apply(turn, desk)


def apply_pv(turn: Turn, desk: Desk) -> Reply:
    """光伏: the four applicants of 2025 and their feed-in modes; no price or date is promised."""
    return _apply(turn, desk)


def apply_supply(turn: Turn, desk: Desk) -> Reply:
    """新装、增容、三相、临时、减容."""
    return _apply(turn, desk)


def apply_tariff(turn: Turn, desk: Desk) -> Reply:
    """峰谷, 一户多人口."""
    return _apply(turn, desk)


def change_account(turn: Turn, desk: Desk) -> Reply:
    """过户, 改名, 换电话, 改用电性质."""
    return _apply(turn, desk)


def close_account(turn: Turn, desk: Desk) -> Reply:
    """销户: asks for what else feeds or draws at the same point; two legs with a clock each."""
    return _apply(turn, desk)


def move_equipment(turn: Turn, desk: Desk) -> Reply:
    """移表、移杆、换表: meters and boxes are the meter staff's, the rest is supply."""
    return _apply(turn, desk)


def _apply(turn: Turn, desk: Desk) -> Reply:
    service = desk.tables.services.by_intent[turn.meaning.intent]
    if turn.is_fresh and (reply := _already(turn, desk, service)) is not None:
        return reply
    form = form_of(service, turn.meaning.intent)
    if turn.is_fresh:
        begin(turn, desk, service, form)
    state = turn.memory["form"]
    read_submit(turn, service, state)
    was_confirming = state["asking"] == "confirm"
    taken = advance(turn, desk, service, form, state)
    if isinstance(taken, Reply):
        return _ask(turn, desk, service, taken)
    gave_phone = was_confirming and _gave_phone(turn, state)
    if state.get("confirmed") or gave_phone:
        return _submit(turn, desk, service, form, taken)
    shown = _summary(form, service, taken, state)
    if was_confirming and shown.text == state.get("shown") and _tells_more(turn.inbound.text):
        return Reply(
            wording.NOTED.format(
                ask=wording.sends_off(has_phone=bool(state["answers"].get("phone")))
            ),
            is_final=False,
        )
    state["shown"] = shown.text
    return _ask(turn, desk, service, shown)


def _tells_more(text: str) -> bool:
    """Whether an answer to the summary only adds to it; what asks to see it again does not."""
    said = bare(text)
    asks = said in PAPERS | HOW_LONG or LOOKS.search(said) is not None
    return tells_something(text) and len(said) >= MIN_MORE and not asks


def _already(turn: Turn, desk: Desk, service: Service) -> Reply | None:
    """The answer where just this is under way: where it is, and what is said now is added."""
    ticket = next(
        (t for t in contact.open_of(desk, turn.user_id) if t.intent == turn.meaning.intent), None
    )
    if ticket is None or not _same_place(turn, ticket):
        return None
    facts: dict[str, Any] = dict(ticket.fields)
    news = {q.key: told(q, turn, facts) for q in service.questions}
    news = {key: value for key, value in news.items() if value and value != facts.get(key)}
    if any(facts.get(key) for key in news if key in SAME_MATTER):
        return None
    before = stage_rules.notes_for(service, facts, Moment.SUBMITTED)
    ticket.fields = facts | news
    if len(bare(turn.text)) >= MIN_NEWS:
        add_words(desk, ticket, turn.text, by="resident")
    after = stage_rules.notes_for(service, ticket.fields, Moment.SUBMITTED)
    notes = [note for note in after if note not in before]
    return turn.finish(wording.already(service, ticket, notes))


def _same_place(turn: Turn, ticket: Ticket) -> bool:
    named, address = turn.value("community"), turn.value("address")
    if named is not None and named != ticket.place_text:
        return False
    return address is None or not ticket.building or building_of(address) == ticket.building


def _gave_phone(turn: Turn, state: dict[str, Any]) -> bool:
    """A phone sent to the summary sends it off; so does not wanting to leave one."""
    if bare(turn.inbound.text) in NO_PHONE or refuses_phone(turn.inbound.text):
        return True
    phone = contact.phone_in(turn.inbound.text)
    if phone is not None:
        state["answers"]["phone"] = phone
    return phone is not None


def _summary(form: Form, service: Service, where: Where, state: dict[str, Any]) -> Reply:
    answers = state["answers"]
    state["asking"], state["takes_anything"] = "confirm", False
    lacks = []
    if where.community_code is not None and not where.building:
        lacks.append(LACKS_BUILDING)
    if service.wants_account and not answers.get("account_number"):
        lacks.append(LACKS_ACCOUNT)
    facts = facts_of(service, answers)
    text = wording.summary(
        title_of(service, answers),
        form.summary(answers),
        stage_rules.notes_for(service, facts, Moment.SUMMARY),
        has_phone=bool(answers.get("phone")),
        lacks="、".join(lacks),
    )
    return Reply(text, is_final=False)


def _ask(turn: Turn, desk: Desk, service: Service, question: Reply) -> Reply:
    """A question, with what was told so far kept for days; 「材料」 is answered before it."""
    case, answers = case_of(turn), turn.memory["form"]["answers"]
    if place_of(turn) or any(key in answers for key in (q.key for q in service.questions)):
        kept = {key: value for key, value in answers.items() if key not in {"place", "dedicated"}}
        draft = {"answers": kept, "place": place_of(turn), "texts": case["texts"]}
        drafts.save(desk, turn.user_id, turn.meaning.intent, draft)
    text = f"{case.pop('lead', '')}{question.text}"
    said, facts = bare(turn.inbound.text), facts_of(service, answers)
    if said in PAPERS | HOW_LONG:
        told_first = (
            wording.materials(stage_rules.materials_for(service, facts), wording.MATERIALS_LATER)
            if said in PAPERS
            else wording.time_needed(
                stage_rules.plan(service, facts, desk.now, desk.tables.calendar)
            )
        )
        is_confirming = turn.memory["form"]["asking"] == "confirm"
        text = f"{told_first}\n\n" + (wording.CONFIRM if is_confirming else text)
    return Reply(text, question.choices, is_final=False)


def _submit(turn: Turn, desk: Desk, service: Service, form: Form, where: Where) -> Reply:
    answers = turn.memory["form"]["answers"]
    shown = form.summary(
        {k: v for k, v in answers.items() if k not in {"place", "phone", "dedicated"}}
    )
    ticket, is_new = submit(
        desk,
        Application(
            intent=turn.meaning.intent,
            openid=turn.user_id,
            where=where,
            answers=answers,
            shown=shown,
            story=story(case_of(turn)),
        ),
    )
    drafts.drop(desk, turn.user_id, turn.meaning.intent)
    if not is_new:
        return turn.finish(words.taken_down(desk, ticket, where, is_new=False))
    facts = facts_of(service, answers)
    way = stages.stages_of(desk, ticket)
    return turn.finish(wording.submitted(desk, ticket, service, where, facts, way))
