"""The group bot: JSON pushes, streamed answers fetched by polling, one late answer by URL."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from bot.simulator.courier import Attempt, Push, post_once, rounds, spoil, stamp
from bot.simulator.crypto import EnvelopeError
from bot.simulator.gateway import Answer, Call, Table, post
from bot.simulator.parts import cards
from bot.simulator.parts.clock import HOUR, MINUTE
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.phones import Bubble, group_chat, member_chat
from bot.simulator.parts.world import World
from bot.simulator.wecom.messages import card_text

PATH = "/aibot/callback"
IN_FLIGHT = 3
LONGEST_STREAM = 6 * MINUTE
CONTENT_BYTES = 20480
OK = {"errcode": 0, "errmsg": "ok"}


class TooManyError(Exception):
    """A member has three questions open with one bot."""


def build(sim: World, message: dict[str, Any]) -> Push:
    timestamp, nonce = stamp(sim), secrets.token_hex(5)
    plain = json.dumps(message, ensure_ascii=False)
    envelope = sim.aibot_envelope
    encrypted = envelope.seal(plain)
    query = {
        "msg_signature": spoil(sim, envelope.sign(timestamp, nonce, encrypted)),
        "timestamp": timestamp,
        "nonce": nonce,
    }
    return Push(PATH, query, json.dumps({"encrypt": encrypted}), plain, "application/json")


def _opened(sim: World, attempt: Attempt) -> dict[str, Any] | None:
    if attempt.status != httpx.codes.OK or not attempt.body:
        return None
    try:
        outer = json.loads(attempt.body)
        encrypted = str(outer["encrypt"])
        given, timestamp, nonce = (
            str(outer[name]) for name in ("msgsignature", "timestamp", "nonce")
        )
        sim.aibot_envelope.check(given, timestamp, nonce, encrypted)
        answer: dict[str, Any] = json.loads(sim.aibot_envelope.open(encrypted))
    except (ValueError, KeyError, TypeError, EnvelopeError):
        return None
    return answer


def _frame(sim: World, chatid: str, userid: str) -> dict[str, Any]:
    frame: dict[str, Any] = {
        "msgid": "CAIQ" + secrets.token_urlsafe(18),
        "aibotid": sim.config.aibot.bot_id,
        "chattype": "group" if chatid else "single",
        "from": {"userid": userid},
    }
    return {**frame, "chatid": chatid} if chatid else frame


def chat_of(chatid: str, userid: str) -> str:
    return group_chat(chatid) if chatid else member_chat(userid)


def _response_url(sim: World, chatid: str, userid: str, base: str) -> str:
    code = secrets.token_urlsafe(24)
    sim.memory.response_urls[code] = {
        "chat": chat_of(chatid, userid),
        "single": not chatid,
        "until": sim.now() + HOUR,
    }
    return f"{base}/cgi-bin/aibot/response?response_code={code}"


@contextmanager
def _counted(sim: World, userid: str) -> Iterator[None]:
    with sim.lock:
        if sim.memory.in_flight[userid] >= IN_FLIGHT:
            raise TooManyError
        sim.memory.in_flight[userid] += 1
    try:
        yield
    finally:
        with sim.lock:
            sim.memory.in_flight[userid] -= 1


def ask(
    sim: World, chatid: str, userid: str, text: str, *, base: str, fields: dict[str, Any]
) -> dict[str, Any]:
    """Push a member's @ (or a single chat's line) and show the answer as it grows.

    `fields` add to the message or replace parts of it: a `quote`, another `msgtype`, an event.
    """
    frame = _frame(sim, chatid, userid)
    message = {**frame, "msgtype": "text", "text": {"content": text}, **fields}
    with sim.lock:
        message["response_url"] = _response_url(sim, chatid, userid, base)
    with _counted(sim, userid):
        delivered = rounds(sim, lambda: build(sim, message), retry_status=False)
        answers = [_opened(sim, attempts[-1]) for attempts in delivered]
        first = next((answer for answer in answers if answer), None)
        shown = _follow(sim, frame, first) if first else None
    return {
        "msg_id": frame["msgid"],
        "attempts": [a.as_json() for attempts in delivered for a in attempts],
        "reply": {"kind": shown.kind, "text": shown.text} if shown else None,
        "dropped": not delivered,
    }


def _follow(sim: World, frame: dict[str, Any], answer: dict[str, Any]) -> Bubble | None:
    """Show an answer, and poll while its stream is unfinished: six minutes at most."""
    bubble = _show(sim, frame, answer, None)
    until = time.monotonic() + LONGEST_STREAM
    stream = answer.get("stream", {})
    while stream and not stream.get("finish") and time.monotonic() < until:
        if sim.jobs.pause(sim.config.stream_poll):
            break
        poll = {**frame, "msgtype": "stream", "stream": {"id": stream.get("id", "")}}
        poll["msgid"] = "CAIQ" + secrets.token_urlsafe(18)
        refreshed = _opened(sim, post_once(sim, build(sim, poll), "stream"))
        if refreshed and refreshed.get("stream"):
            stream = refreshed["stream"]
            bubble = _show(sim, frame, refreshed, bubble)
    return bubble


def _show(
    sim: World, frame: dict[str, Any], answer: dict[str, Any], bubble: Bubble | None
) -> Bubble | None:
    chat = chat_of(frame.get("chatid", ""), frame["from"]["userid"])
    with sim.lock:
        stream = answer.get("stream")
        if stream is not None:
            text = str(stream.get("content", "")).encode()[:CONTENT_BYTES].decode(errors="ignore")
            bubble = _stream_bubble(sim, chat, text, bubble)
            bubble.data["finished"] = bool(stream.get("finish"))
        if card := answer.get("template_card"):
            sent = cards.SentCard(card)
            shown = sim.memory.phones.show(
                chat, "bot", card_text(card), at=sim.now(), via="aibot",
                kind="template_card", data={"card": card, "replaced": ""},
            )  # fmt: skip
            sent.bubbles[frame["from"]["userid"]] = shown
            bubble = bubble or shown
        elif answer.get("msgtype") in {"text", "markdown"}:
            text = str(answer[answer["msgtype"]].get("content", ""))
            bubble = sim.memory.phones.show(chat, "bot", text, at=sim.now(), via="aibot")
        return bubble


def _stream_bubble(sim: World, chat: str, text: str, bubble: Bubble | None) -> Bubble:
    if bubble is None:
        return sim.memory.phones.show(chat, "bot", text, at=sim.now(), via="aibot", kind="markdown")
    bubble.text = text
    sim.memory.phones.touch(bubble)
    return bubble


def press(sim: World, bubble: Bubble, userid: str, key: str, *, base: str) -> dict[str, Any]:
    """Press a card's button: the event is sent once, five seconds, then forgotten."""
    chatid = bubble.chat.removeprefix("group:") if bubble.chat.startswith("group:") else ""
    card = bubble.data["card"]
    event = {
        "eventtype": "template_card_event",
        "template_card_event": {
            "card_type": card.get("card_type", ""),
            "event_key": key,
            "task_id": card.get("task_id", ""),
        },
    }
    message = {**_frame(sim, chatid, userid), "create_time": sim.clock.stamp()}
    message |= {"msgtype": "event", "event": event}
    with sim.lock:
        message["response_url"] = _response_url(sim, chatid, userid, base)
    attempt = post_once(sim, build(sim, message))
    answer = _opened(sim, attempt) or {}
    if changed := answer.get("template_card"):
        with sim.lock:
            bubble.data = {**bubble.data, "card": changed}
            sim.memory.phones.touch(bubble)
    return {"attempts": [attempt.as_json()], "reply": answer or None}


def respond(sim: World, call: Call) -> Answer:
    """Take the one late answer that a response_url allows."""
    found = sim.memory.response_urls.pop(call.query.get("response_code", ""), None)
    if found is None or sim.now() > found["until"]:
        raise Refusal(40058, "invalid response_code")
    kind = str(call.body.get("msgtype", ""))
    part = call.body.get(kind)
    if kind not in {"markdown", "template_card"} or not isinstance(part, dict):
        raise Refusal(40008)
    if kind == "template_card":
        if not found["single"]:
            raise Refusal(40058, "template_card is for single chats")
        cards.check_card(part)
        text, data = card_text(part), {"card": part, "replaced": ""}
    else:
        text, data = str(part.get("content", "")), {}
        if not 0 < len(text.encode()) <= CONTENT_BYTES:
            raise Refusal(40058, "content is empty or too long")
    sim.memory.phones.show(
        found["chat"], "bot", text, at=sim.now(), via="response_url", kind=kind, data=data
    )
    return dict(OK)


TABLE: Table = {"cgi-bin/aibot/response": post(respond, token=False)}
