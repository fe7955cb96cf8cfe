"""A page as it is said: filled in with the numbers to call, shorter for whom short is better."""

import re

from config.contacts import Contacts
from config.guides import Page

CONFIRM = "（价格、时限以当地公布的为准）"
SENTENCES = re.compile(r"(?<=[。；！？])(?=.)")


def said(page: Page, contacts: Contacts, *, is_short: bool = False) -> str:
    """The answer, with its details unless it shall be short; short ones are a sentence a line."""
    text = page.answer if is_short or not page.details else f"{page.answer}\n{page.details}"
    if page.confirm:
        text = f"{text}\n{CONFIRM}"
    text = filled(text, contacts)
    return SENTENCES.sub("\n", text) if is_short else text


def filled(text: str, contacts: Contacts) -> str:
    """The text with the numbers of contacts.toml in place of their names."""
    for name in ("hotline", "city", "regulator", "fire", "ambulance", "police", "crisis_line"):
        text = text.replace(f"{{{name}}}", getattr(contacts, name))
    return text
