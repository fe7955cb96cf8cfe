"""An application's questions as a form, and what the words of a message already answer."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from config.services import Option, Question, Reads, Service, fits
from handlers.dialogue.answers import bare
from handlers.dialogue.form import Answers, Field, Form, RefusedError, keep
from handlers.dialogue.turn import Choice, Turn
from handlers.masking import mask_name, mask_number
from handlers.tickets.contact import phone_in

OWN_NAMES = ("地址", "户号", "姓名", "电话")
ASK_PHONE = "联系电话改成多少？"
ASK_ACCOUNT = "户号是多少？（电费单上10位或13位数字）"
ASK_NAME = "户主姓名是？"
NOT_PHONE = "这个号码好像不对，请再发一次11位手机号。"
NOT_ACCOUNT = "户号是10位或13位数字，不清楚就回「跳过」。"
KILOWATTS = re.compile(r"(\d+(?:\.\d+)?)\s*(?:个)?(?:千瓦|kw)", re.IGNORECASE)
CHANGES_TO = re.compile(r"(?:改|换|变|转|调整)(?:成|为|到)")
ALONE = re.compile(r"(?:我?的?户号[是为]?)?(\d{13}|\d{10})")
ACCOUNT = re.compile(r"(?<!\d)(?:\d{13}|\d{10})(?!\d)")


def form_of(service: Service, intent: str) -> Form:
    """The form of a service; the place is asked by `ask_place` and only shown and corrected here."""
    return Form(
        intent,
        (
            Field("place", "", name="地址", needed=_never),
            *(_field(question) for question in service.questions),
            Field(
                "account_number",
                ASK_ACCOUNT,
                name="户号",
                parse=_account,
                read=lambda turn, _: _told_account(turn),
                needed=_never,
                is_optional=True,
                show=_masked,
            ),
            Field("person", ASK_NAME, name="姓名", entity="person", needed=_never, show=_initial),
            Field(
                "phone",
                ASK_PHONE,
                name="电话",
                parse=_phone,
                entity="phone",
                needed=_never,
                show=_masked,
            ),
        ),
    )


def told(question: Question, turn: Turn, answers: Mapping[str, Any]) -> str | None:
    """What a message says to a question it was not asked; None where it says nothing certain."""
    if not fits(question.when, answers) or _corrects_another(turn):
        return None
    if question.reads == Reads.KILOWATTS:
        found = KILOWATTS.search(turn.text)
        return f"{float(found[1]):g}" if found else None
    if question.reads == Reads.PHONE:
        return turn.value("phone")
    if question.reads == Reads.WORDS:
        return None  # free words answer only what was asked
    by_words = _by_words(question.options, bare(turn.text))
    named = {o.value for o in question.options if o.entity and o.entity in turn.values("service")}
    # 「减容」 is named as `capacity` too: the words are nearer than the entity.
    return by_words or (named.pop() if len(named) == 1 else None)


def told_before(question: Question, words: str) -> str | None:
    """What the story so far says to a question that is asked only now."""
    return _by_words(question.options, bare(words))


def found(field: Field, turn: Turn, answers: Answers) -> Any:
    """What a message says to a field it was not asked, if anything."""
    if field.read is not None:
        return field.read(turn, answers)
    return turn.value(field.entity) if field.entity else None


def chosen(service: Service, answers: Mapping[str, Any]) -> list[Option]:
    """The options that were chosen, in the questions' order."""
    return [
        option
        for question in service.questions
        for option in question.options
        if answers.get(question.key) == option.value
    ]


def facts_of(service: Service, answers: Mapping[str, Any]) -> dict[str, str]:
    """What the ticket keeps of the answers: their values, and what the choices stand for."""
    keys = {question.key for question in service.questions} | {"dedicated"}
    facts = {key: str(answers[key]) for key in keys if answers.get(key)}
    for option in chosen(service, answers):
        facts = {**option.sets, **facts}
    for question in service.questions:
        told_number = facts.get(question.key, "")
        if question.at_least and told_number and fits(question.sets_when, facts):
            facts |= question.sets if float(told_number) >= question.at_least else {}
    return facts


def title_of(service: Service, answers: Mapping[str, Any]) -> str:
    """What the application is called: 「过户」 rather than 「户名资料变更」."""
    titles = [option.title for option in chosen(service, answers) if option.title]
    return titles[-1] if titles else service.title


def _corrects_another(turn: Turn) -> bool:
    """「改电话」 in an open form corrects the phone; it is no answer to what is to be changed."""
    text = turn.inbound.text.strip()
    return not turn.is_fresh and text.startswith("改") and any(name in text for name in OWN_NAMES)


def _by_words(options: tuple[Option, ...], said: str) -> str | None:
    """The option with the longest word found, if it is one: 「没同意」 is not 「同意」."""
    whole = next((option.value for option in options if said in option.answers), None)
    if whole is not None:
        return whole
    if (change := CHANGES_TO.search(said)) and (wanted := _by_words(options, said[change.end() :])):
        return wanted
    lengths = {
        option.value: max((len(w) for w in option.words if w.lower() in said), default=0)
        for option in options
    }
    for option in options:
        if lengths[option.value]:
            lengths |= dict.fromkeys(option.outranks, 0)
    longest = max(lengths.values(), default=0)
    best = [value for value, length in lengths.items() if length == longest]
    return best[0] if longest and len(best) == 1 else None


def _field(question: Question) -> Field:
    return Field(
        question.key,
        question.ask,
        name=question.name,
        choices=tuple(Choice(o.label, o.value, o.words) for o in question.options),
        read=lambda turn, answers: told(question, turn, answers),
        needed=partial(_asked, question) if question.ask else _never,
        parse=_phone if question.reads == Reads.PHONE else keep,
        is_optional=True,
        show=SHOWN.get(question.reads, str) if question.reads else str,
    )


def _told_account(turn: Turn) -> str | None:
    """The entity, or while a form is open a message that is nothing but such a number."""
    if (value := turn.value("account_number")) is not None or turn.is_fresh:
        return value
    alone = ALONE.fullmatch(bare(turn.inbound.text))
    return alone[1] if alone else None


def _asked(question: Question, answers: Answers) -> bool:
    return fits(question.when, answers)


def _never(_: Answers) -> bool:
    return False


def _phone(text: str) -> str:
    phone = phone_in(text)
    if phone is None:
        raise RefusedError(NOT_PHONE)
    return phone


def _account(text: str) -> str:
    found = ACCOUNT.search(re.sub(r"[\s-]", "", text))
    if found is None:
        raise RefusedError(NOT_ACCOUNT)
    return found[0]


def _masked(value: Any) -> str:
    return mask_number(str(value)) or ""


def _initial(value: Any) -> str:
    return mask_name(str(value)) or ""


def _kilowatts(value: Any) -> str:
    return f"{value}千瓦"


SHOWN: dict[Reads, Callable[[Any], str]] = {Reads.KILOWATTS: _kilowatts, Reads.PHONE: _masked}
