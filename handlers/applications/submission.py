"""Hand an application in: a ticket with its stages, and what is still to be brought."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from config.services import Service
from handlers.applications import materials, papers, service, stage_rules
from handlers.applications.forms import chosen, facts_of, title_of
from handlers.desk import Desk
from handlers.grid.places import Where
from handlers.tickets import opening
from handlers.tickets.models import Category, Ticket
from handlers.tickets.opening import Wish, open_ticket
from handlers.tickets.rules import category_of

SAME_MATTER = ("kind", "what", "change")  # answers by which two applications are two matters


@dataclass(frozen=True, slots=True)
class Application:
    """What is handed in: the service by its intent, the place and the form's answers."""

    intent: str
    openid: str
    where: Where
    answers: dict[str, Any]
    shown: str
    story: str
    facts: dict[str, str] = field(default_factory=dict)


def submit(desk: Desk, application: Application) -> tuple[Ticket, bool]:
    """Open the ticket with its stages; the same matter that is open already is added to."""
    kind = desk.tables.services.by_intent[application.intent]
    facts = facts_of(kind, application.answers)
    wish = _wish(kind, application, facts)
    known = opening.same_matter(desk, wish)
    ticket, is_new = open_ticket(
        desk, replace(wish, keeps_apart=True) if _differs(known, wish) else wish
    )
    if not is_new:
        return ticket, False
    ticket.undo_until = desk.now + timedelta(minutes=desk.tables.routing.rules.undo_minutes)
    if wanted := stage_rules.materials_for(kind, facts):
        papers.begin(desk, ticket, wanted)
        materials.wait_for_papers(desk, ticket)
    service.begin(desk, ticket, kind)
    return ticket, True


def _wish(kind: Service, application: Application, facts: dict[str, str]) -> Wish:
    answers, where = application.answers, application.where
    options = chosen(kind, answers)
    by_choice = next((option.category for option in options if option.category), "")
    category = by_choice or category_of(application.intent, application.story)
    told = f"：{application.story}" if application.story else ""
    title = title_of(kind, answers)
    lines = [line for line in application.shown.split("\n") if line]
    return Wish(
        category=Category(category),
        text=f"{title}（{'；'.join(lines)}）{told}" if lines else f"{title}{told}",
        intent=application.intent,
        openid=application.openid,
        community_code=where.community_code,
        place_text=where.name,
        building=where.building,
        room=where.room,
        name=answers.get("person") or None,
        phone=answers.get("phone") or None,
        account_number=answers.get("account_number") or None,
        fields={**application.facts, **facts, "title": title},
        has_generation=facts.get("same_point") in {"pv", "both"},
    )


def _differs(known: Ticket | None, wish: Wish) -> bool:
    """Whether an open ticket of the category is about something else: 过户 is not 换电话."""
    if known is None:
        return False
    if known.intent != wish.intent:
        return True
    return any(known.fields.get(key) != wish.fields.get(key) for key in SAME_MATTER)
