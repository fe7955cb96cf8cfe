"""The questions of the triage tree as a form: one at a time, each may be left out."""

from collections.abc import Callable, Mapping
from typing import Any

from config.triage import Node, Reads, Triage
from handlers.dialogue.form import Field, Form, RefusedError, keep
from handlers.dialogue.turn import Choice
from handlers.tickets import contact
from handlers.tickets.triage import Trail

NAME = "fault_details"
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


def choices_of(node: Node) -> tuple[Choice, ...]:
    return tuple(Choice(one.label, one.value, one.words) for one in node.options)


def extra(
    tree: Triage,
    form: Mapping[str, Any],
    *,
    asked_before: str,
    answered_before: Mapping[str, Any],
) -> str:
    """What is told once: for the answer just given, and before a question that is new."""
    asked = tree.nodes.get(asked_before)
    given = form["answers"].get(asked_before)
    told = ""
    if asked is not None and given != answered_before.get(asked_before):
        told = next((one.tell for one in asked.options if one.value == given), "")
    asking = form.get("asking") or ""
    node = tree.nodes.get(asking)
    is_new = node is not None and asking != asked_before and asking not in form["answers"]
    lead = node.tell if node is not None and is_new else ""
    return "\n\n".join(part.strip() for part in (told, lead) if part)


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
