"""Pictures, voices, videos, places and links that residents send."""

from dataclasses import replace
from typing import Any

from handlers.applications import pictures
from handlers.desk import Desk
from handlers.dialogue.turn import Inbound, InboundKind, Reply, Turn
from handlers.grid import nearest
from handlers.routes import ROUTES
from handlers.tickets import contact
from handlers.tickets.models import Action, Media, Ticket
from handlers.tickets.opening import record
from nlu.understanding import Entity, Request
from notifier.outbox import WAKES

GOT_IMAGE = "照片收到了，已放进 {number}，师傅看得到。"
GOT_VIDEO = "视频收到了，已放进 {number}，师傅看得到。"
GOT_FOR_FORM = "收到，办好后放进工单。"
GOT_UNASKED = "收到了。请说一下这是在哪里、出了什么事，我一起登记。"
HEARING = "语音收到了，正在听，听清马上回您。急事请打 {hotline}。"
VOICE = "语音收到了，这里暂时听不了。麻烦打字说一句，或者用输入法的语音转文字。急事请打 {hotline}。"
VOICE_KEPT = "语音已放进 {number} 给师傅听。要我帮忙的话，麻烦再打字说一句。急事请打 {hotline}。"
LINK = "链接我打不开，麻烦您用文字说一下是什么事。"
UNKNOWN = "这种消息我看不了，麻烦您用文字说一下是什么事。"
NO_PLACE = "位置收到了，附近没有登记的小区。请说一下是哪个小区或村。"
PLACE_FOR_WHAT = "位置收到了，在{place}附近。请问出了什么事？"
KINDS = {InboundKind.IMAGE: "image", InboundKind.VOICE: "voice", InboundKind.VIDEO: "video"}


def answer(desk: Desk, inbound: Inbound, memory: dict[str, Any]) -> Reply:
    """Put media on the open ticket, a location into the open question."""
    if inbound.kind in KINDS:
        return _media(desk, inbound, memory)
    if inbound.kind == InboundKind.LOCATION:
        return _location(desk, inbound, memory)
    if inbound.kind in {InboundKind.LINK, InboundKind.MINI_PROGRAM}:
        return Reply(LINK)
    return Reply(UNKNOWN)


def _media(desk: Desk, inbound: Inbound, memory: dict[str, Any]) -> Reply:
    tickets = contact.open_of(desk, inbound.user_id)
    form = memory.get("form")
    if inbound.kind == InboundKind.IMAGE and (said := _paper(desk, inbound, tickets, form)):
        return said
    ticket = next(iter(tickets), None)
    keep(desk, inbound, ticket)
    hotline = desk.tables.contacts.hotline
    if inbound.kind == InboundKind.VOICE:
        if desk.tables.voice.is_heard:
            return Reply(HEARING.format(hotline=hotline))
        if ticket is None:
            return Reply(VOICE.format(hotline=hotline))
        return Reply(VOICE_KEPT.format(number=ticket.number, hotline=hotline))
    if ticket is None and isinstance(form, dict) and form.get("question"):
        return Reply(f"{GOT_FOR_FORM}\n{form['question']}", is_final=False)
    if ticket is None:
        return Reply(GOT_UNASKED)
    words = GOT_IMAGE if inbound.kind == InboundKind.IMAGE else GOT_VIDEO
    return Reply(words.format(number=ticket.number))


def _paper(desk: Desk, inbound: Inbound, tickets: list[Ticket], form: Any) -> Reply | None:
    """A picture of a paper that an application, or the form of one, waits for."""
    if isinstance(form, dict):
        if form.get("intent") not in desk.tables.services.by_intent:
            return None
        said = pictures.take_ahead(desk, form, keep(desk, inbound, None)) or GOT_FOR_FORM
        return Reply(f"{said}\n{form.get('question', '')}", is_final=False)
    ticket = pictures.awaiting(desk, tickets)
    if ticket is None:
        return None
    return Reply(pictures.take(desk, ticket, keep(desk, inbound, None)))


def keep(desk: Desk, inbound: Inbound, ticket: Ticket | None) -> Media:
    """The bytes are fetched by media id as a job; the platform keeps them three days."""
    desk.session.info[WAKES] = True
    media = Media(
        ticket_id=ticket.id if ticket else None,
        openid=inbound.user_id,
        kind=KINDS[inbound.kind],
        platform=inbound.door,
        media_id=inbound.media_id,
        received_at=desk.now,
    )
    desk.session.add(media)
    if ticket is not None:
        record(desk, ticket, Action.ADD, by="resident", text=f"[{KINDS[inbound.kind]}]")
    return media


def _location(desk: Desk, inbound: Inbound, memory: dict[str, Any]) -> Reply:
    community = nearest.community(desk.session, inbound.latitude, inbound.longitude)
    if community is None:
        return Reply(NO_PLACE, is_final=False)
    form = memory.get("form")
    if not isinstance(form, dict):
        memory["near"] = community.community_code
        return Reply(PLACE_FOR_WHAT.format(place=community.name))
    named = (Entity("community", community.name, 0, 0),)
    text = f"位置：{inbound.label or community.name}"
    turn = Turn(
        replace(inbound, text=text),
        Request(form["intent"], 1.0, text, named),
        desk.now,
        memory,
        is_fresh=False,
    )
    return ROUTES[form["intent"]](turn, desk)
