"""The questions of the triage tree as a form: one at a time, each may be left out."""

from collections.abc import Callable, Mapping
from typing import Any

from config.triage import Node, Reads, Triage
from handlers.desk import Desk
from handlers.dialogue.case import story
from handlers.dialogue.form import Field, Form, RefusedError, keep
from handlers.dialogue.turn import Choice
from handlers.tickets import contact
from handlers.tickets.models import Ticket
from handlers.tickets.opening import add_words
from handlers.tickets.triage import Trail

NAME = "fault_details"
APART = frozenset({"phone", "generation"})  # a ticket has places of its own for these
NOT_PHONE = "这个号码好像不对，请再发一次11位手机号，不方便就回「跳过」。"


def parse_phone(text: str) -> str:
    phone = contact.phone_in(text)
    if phone is None:
        raise RefusedError(NOT_PHONE)
    return phone


PARSERS: Mapping[Reads, Callable[[str], str]] = {Reads.PHONE: parse_phone}


def details(tree: Triage, follow: Callable[[Mapping[str, Any]], Trail]) -> Form:
    """What is asked after the ticket is open: the question at which the walk stands still."""
    return Form(NAME, tuple(_field(name, node, follow) for name, node in tree.questions().items()))


def known_answers(desk: Desk, case: dict[str, Any]) -> dict[str, Any]:
    """Answers to the tree's questions that the story gave already."""
    facts, told = case["facts"], story(case)
    questions = desk.tables.triage.questions().items()
    found = {name: facts.get(node.entity) or node.told_by(told) for name, node in questions}
    return {name: value for name, value in found.items() if value}


def choices_of(node: Node) -> tuple[Choice, ...]:
    return tuple(Choice(one.label, one.value, one.words) for one in node.options)


def beside(
    tree: Triage,
    form: Mapping[str, Any],
    *,
    asked_before: str,
    answered_before: Mapping[str, Any],
) -> str:
    """What is told once: for the answer just given, and before a question that is new."""
    news = {k: v for k, v in form["answers"].items() if answered_before.get(k) != v}
    told = [
        one.tell
        for name, node in tree.questions().items()
        for one in node.options
        if one.value == news.get(name)
    ]
    asking = form.get("asking") or ""
    node = tree.nodes.get(asking)
    is_new = node is not None and asking != asked_before and asking not in form["answers"]
    lead = node.tell if node is not None and is_new else ""
    return "\n\n".join(part.strip() for part in (*told, lead) if part)


def keep_answers(desk: Desk, ticket: Ticket, answers: Mapping[str, Any]) -> None:
    """Answers into the ticket's fields; a phone and solar or a generator have places of their own."""
    kept = {
        name: value
        for name, value in answers.items()
        if value and name in desk.tables.triage.questions() and name not in APART
    }
    if any(ticket.fields.get(name) != value for name, value in kept.items()):
        ticket.fields = {**ticket.fields, **kept}
    if answers.get("generation") == "yes" and not ticket.has_generation:
        ticket.has_generation = True
        add_words(desk, ticket, "家里有光伏或发电机，注意防反送电。", by="resident")
    phone = answers.get("phone")
    if phone and not ticket.phone:
        contact.set_phone(desk, ticket, phone)


def _field(name: str, node: Node, follow: Callable[[Mapping[str, Any]], Trail]) -> Field:
    return Field(
        name,
        node.ask,
        name=node.name,
        choices=choices_of(node),
        entity=node.entity,
        parse=PARSERS[node.reads] if node.reads else keep,
        is_optional=True,
        needed=lambda answers: follow(answers).at == name,
    )
