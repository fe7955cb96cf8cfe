"""Whose account a money question is about: bound, chosen among several, or proven in the talk."""

import re
from datetime import datetime, timedelta
from typing import Any

from handlers.customers import places as homes
from handlers.customers import service as customers
from handlers.customers.dialogue import ANSWERED_BY, HOW, HOW_TO_FIND_NOW, proof_beside, read_proof
from handlers.customers.models import Customer
from handlers.customers.service import WrongProofError
from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_no, is_skip, pick
from handlers.dialogue.case import case_of
from handlers.dialogue.form import RefusedError
from handlers.dialogue.turn import Choice, Door, Reply, Turn
from handlers.grid import queries as grid
from handlers.masking import mask_number

ASK_ACCOUNT = "请发户号（10位或13位数字，电费单、缴费短信上有）。\n{otherwise}"
ASK_PROOF = "再发户主全名，或登记的完整手机号，核对上马上办。\n不方便就回「跳过」，我转给客户经理。"
ASK_WHICH = "您问的是哪个户号？"
BAD_ACCOUNT = "要先有户号才能接着办：10位或13位数字，请看看是不是少了一位。没有就回「跳过」。"
TRY_AGAIN = "{why}\n请再发一次户主全名或完整手机号，不方便就回「跳过」。"
PRIVATE = "电费是个人信息，请到公众号里私聊查，别发在群里。"
OTHERWISE = "不知道户号就回「跳过」，我请客户经理联系您。"
NUMBER = re.compile(r"(?<!\d)(?:\d{13}|\d{10})(?!\d)")
UNKNOWN = re.compile(
    r"不知道|不记得|不清楚|不晓得|忘了|找不到|没有|没带|没户号|没单子|跳过|不想|不方便"
)
PROVEN = "proven"
PROVEN_FOR = timedelta(minutes=15)
MAX_TRIES = 2
RELATED = "find_account"  # 「不知道户号」 answers the question that is open
PROOF_LENGTH = 40  # a longer answer tells something besides


def is_private(turn: Turn) -> bool:
    """Only a talk alone with the Official Account may hear of an account (CONTRACT.md, Proof)."""
    return turn.inbound.door == Door.OFFICIAL_ACCOUNT and not turn.inbound.chat_id


def own_account(turn: Turn, desk: Desk, *, otherwise: str = OTHERWISE) -> Customer | Reply | None:
    """The account, the question still open about it, or None where it cannot or will not be told."""
    case = case_of(turn)
    if case.get("without_account"):
        return None
    if (chosen := _chosen(desk, turn, case)) is not None:
        return chosen
    mine = customers.bound(desk, turn.user_id)
    if not mine and number_told(turn) is None and (proven := _proven(turn, desk)) is not None:
        return _choose(case, proven)
    asking = "" if turn.is_fresh else case.get("asking_account", "")
    if asking in {"account", "proof"}:
        _forget_words(turn, case)
    number = number_told(turn) or case.get("number")
    if number and not any(one.account_number == number for one in mine):
        case["number"] = number
        return _prove(turn, desk, case, asking)
    if found := _among(turn, desk, mine, number, asking):
        return _choose(case, found)
    if mine:
        return _ask(turn, case, "which", Reply(ASK_WHICH, _choices(desk, mine), is_final=False))
    return _ask_account(turn, desk, case, asking, otherwise)


def bound_account(turn: Turn, desk: Desk) -> Customer | None:
    """The account that is meant without asking anything, if it is bound."""
    if not is_private(turn):
        return None
    mine = customers.bound(desk, turn.user_id)
    return _among(turn, desk, mine, number_told(turn), "")


def label(desk: Desk, customer: Customer) -> str:
    """An account as it is named in a chat: masked, with its place without the room."""
    place = homes.home_text(desk, customer)
    account = mask_number(customer.account_number)
    return f"户号{account}（{place}）" if place else f"户号{account}"


def is_bound(desk: Desk, openid: str, customer: Customer) -> bool:
    return any(one.id == customer.id for one in customers.bound(desk, openid))


def _chosen(desk: Desk, turn: Turn, case: dict[str, Any]) -> Customer | None:
    """What this talk has settled; another number in the message opens the question again."""
    if "customer" not in case:
        return None
    customer = desk.session.get(Customer, case["customer"])
    number = number_told(turn)
    if customer is not None and number and number != customer.account_number:
        case.pop("customer")
        return None
    return customer


def _forget_words(turn: Turn, case: dict[str, Any]) -> None:
    """Numbers and names given as proof are no part of the story on the ticket."""
    if case["texts"] and case["texts"][-1] == turn.text.strip()[:PROOF_LENGTH]:
        case["texts"].pop()


def _proven(turn: Turn, desk: Desk) -> Customer | None:
    """The account proven a moment ago in this talk: 「上个月呢」 asks for no proof again."""
    told = turn.memory.get(PROVEN)
    if told is None or turn.now - datetime.fromisoformat(told["at"]) > PROVEN_FOR:
        return None
    return desk.session.get(Customer, told["id"])


def _choose(case: dict[str, Any], customer: Customer) -> Customer:
    case["customer"] = customer.id
    case["asking_account"] = ""
    return customer


def _among(
    turn: Turn, desk: Desk, mine: list[Customer], number: str | None, asking: str
) -> Customer | None:
    """The bound account that the number, the answer or the place named picks out."""
    if number:
        return next((one for one in mine if one.account_number == number), None)
    if len(mine) == 1:
        return mine[0]
    if asking == "which":
        choice = pick(turn.inbound.text, _choices(desk, mine))
        if choice is not None:
            return next(one for one in mine if str(one.id) == choice.value)
    places = {_code(desk, name) for name in turn.values("community")}
    there = [one for one in mine if one.community_code in places]
    return there[0] if len(there) == 1 else None


def _code(desk: Desk, name: str) -> str:
    community = grid.community_by_name(desk.session, name)
    return community.community_code if community else ""


def _choices(desk: Desk, mine: list[Customer]) -> tuple[Choice, ...]:
    return tuple(
        Choice(label(desk, one), str(one.id), (one.account_number, one.account_tail))
        for one in mine
    )


def _ask_account(
    turn: Turn, desk: Desk, case: dict[str, Any], asking: str, otherwise: str
) -> Reply | None:
    text = turn.inbound.text
    if asking == "account":
        if HOW.search(text) and not UNKNOWN.search(text):
            reply = HOW_TO_FIND_NOW.format(hotline=desk.tables.contacts.hotline)
            return _ask(turn, case, "account", Reply(reply, is_final=False))
        case["account_tries"] = case.get("account_tries", 0) + 1
        if case["account_tries"] >= MAX_TRIES or _declines(text):
            return _without(case)
        return _ask(turn, case, "account", Reply(BAD_ACCOUNT, is_final=False))
    if customers.is_locked(desk, turn.user_id):
        case["why"] = customers.locked_words(desk)
        return _without(case)
    return _ask(
        turn, case, "account", Reply(ASK_ACCOUNT.format(otherwise=otherwise), is_final=False)
    )


def _prove(turn: Turn, desk: Desk, case: dict[str, Any], asking: str) -> Customer | Reply | None:
    """Check what the message offers as proof, else ask for it; a locked openid goes on without."""
    proof = turn.value("person") or proof_beside(turn)
    if not proof and asking == "proof":
        if _declines(turn.inbound.text) or turn.values("community"):  # a place goes as well
            return _without(case)
        proof = _read(turn.inbound.text)
        case["proof_tries"] = case.get("proof_tries", 0) + (0 if proof else 1)
        if not proof and case["proof_tries"] > MAX_TRIES:
            return _without(case)
    if not proof:
        return _ask(turn, case, "proof", Reply(ASK_PROOF, is_final=False))
    try:
        customer = customers.prove(desk, turn.user_id, case["number"], proof)
        turn.memory[PROVEN] = {"id": customer.id, "at": turn.now.isoformat()}
        return _choose(case, customer)
    except WrongProofError as error:
        if error.is_locked:
            case["why"] = error.message
            return _without(case)
        text = TRY_AGAIN.format(why=error.message)
        return _ask(turn, case, "proof", Reply(text, is_final=False))


def _read(text: str) -> str:
    try:
        return read_proof(text)
    except RefusedError:
        return ""


def _declines(text: str) -> bool:
    return is_skip(text) or is_no(text) or bool(UNKNOWN.search(text))


def _without(case: dict[str, Any]) -> Reply | None:
    """Go on without an account for the rest of this talk."""
    case["without_account"] = True
    case["asking_account"] = ""
    return None


def _ask(turn: Turn, case: dict[str, Any], asking: str, question: Reply) -> Reply:
    case["asking_account"] = asking
    turn.memory["form"]["asking"] = f"account_{asking}"
    turn.memory["form"]["answered_by"] = ANSWERED_BY
    turn.memory["form"]["related"] = RELATED
    return question


def number_told(turn: Turn) -> str | None:
    """The account number of this message, also spaced and without the engine's help."""
    if (named := turn.value("account_number")) is not None:
        return named
    if turn.is_fresh:
        return None
    found = NUMBER.findall(re.sub(r"(?<=\d)[\s\-—]+(?=\d)", "", bare(turn.inbound.text)))
    return found[0] if len(found) == 1 else None
