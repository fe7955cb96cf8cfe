"""Whether a message answers the form that waits, asks something beside it, or leaves it behind."""

from datetime import datetime, timedelta
from typing import Any

from bot.conversation import context
from handlers.applications import drafts
from handlers.customers import profile
from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_no, is_yes, pick
from handlers.dialogue.form import is_correction
from handlers.dialogue.turn import Choice, Reply
from handlers.tickets import service
from handlers.tickets.contact import phone_in
from handlers.tickets.opening import add_words
from handlers.tickets.rules import ACTIVE
from nlu.calibration import Thresholds
from nlu.understanding import Request, Understanding

LEFT_BEHIND = timedelta(hours=6)  # after a night nobody remembers which question was open
ASIDE = frozenset({"greet", "thank", "goodbye", "ask_help"})
GO_ON = frozenset(
    ["继续", "继续办", "接着办", "接着填", "继续填", "接着来", "接着上次的", "继续上次的"]
)
FOR_PERSON = "记在单子上了，{who}一来就能看到。"
UNFINISHED = "上次的{title}还没办完，回「继续」接着办。"


def is_aside(text: str, heard: Understanding, form: dict[str, Any], limits: Thresholds) -> bool:
    """A greeting or thanks between question and answer: answered, and the question stands."""
    if heard.intent not in ASIDE or heard.confidence < limits.act or form.get("takes_anything"):
        return False
    is_answer = (
        context.fits_choices(form, text) or context.answers_by_entity(form, heard) or is_yes(text)
    )
    return len(bare(text)) > 1 and not is_answer and not heard.values("community")


def is_left_behind(text: str, heard: Understanding, form: dict[str, Any], now: datetime) -> bool:
    """Whether a question is so old that the message must fit it plainly to be its answer."""
    asked = form.get("asked_at")
    if not asked or now - datetime.fromisoformat(asked) < LEFT_BEHIND:
        return False
    is_answer = (
        context.fits_choices(form, text) or context.answers_by_entity(form, heard) or phone_in(text)
    )
    return not (is_answer or is_correction(text, form) or is_yes(text) or is_no(text))


def wants_it(text: str) -> bool | None:
    """The answer to 「接着办吗？」; None where the words are about something else."""
    said = pick(text, (Choice("接着办", "yes", ("是", "要", "办")), Choice("不用了", "no")))
    if said is not None:
        return said.value == "yes"
    return is_yes(text) or (False if is_no(text) else None)


def draft_to_go_on(desk: Desk, openid: str, text: str) -> Request | None:
    """「继续」 with nothing open: the application that was begun last."""
    if bare(text) not in GO_ON:
        return None
    draft = drafts.latest(desk, openid)
    return Request(draft.service, 1.0, "") if draft is not None else None


def phone_checked(memory: dict[str, Any], heard: Understanding) -> Request | Reply | None:
    """The answer to 「尾号1234还在用吗」; a number that is no longer used is to be changed."""
    if memory.pop(profile.KEY, None) is None:
        return None
    if (confirmed := profile.confirms(heard.text)) is None:
        return None
    if confirmed:
        return Reply(profile.THANKS)
    words = f"{profile.CHANGE}，{heard.text}"
    return Request(profile.CHANGES, 1.0, words, heard.entities)


def for_person(desk: Desk, heard: Understanding, memory: dict[str, Any]) -> str:
    """What someone who waits for a person tells meanwhile is for the person; else nothing."""
    number = memory.get("person")
    if number is None or heard.requests[0].intent not in desk.tables.services.by_intent:
        return ""
    ticket = service.get(desk, number)
    if ticket.state not in ACTIVE or ticket.takeover_userid is not None:
        memory.pop("person")
        return ""
    add_words(desk, ticket, heard.text, by="resident")
    who = ticket.assignee.name if ticket.assignee else "值班人员"
    return FOR_PERSON.format(who=who)


def by_the_way(desk: Desk, openid: str, intent: str, reply: Reply, memory: dict[str, Any]) -> str:
    """After a greeting what was begun, after a bill whether the phone is still in use."""
    if not reply.is_final:
        return ""
    if intent in profile.ASKED_AFTER:
        return profile.question(desk, openid, memory)
    draft = drafts.latest(desk, openid) if intent == "greet" else None
    kind = desk.tables.services.by_intent.get(draft.service) if draft else None
    return UNFINISHED.format(title=kind.title) if kind else ""


def question_of(reply: Reply) -> str:
    """The question alone, without what was said before it, to be asked again later."""
    return Reply(reply.text.rsplit("\n\n", 1)[-1], reply.choices).render()
