"""Pictures of the scene that staff add on a ticket's page: proof of what was done."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import media as store
from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults
from bot.console import ticket as pages
from bot.console.may import STAFF, own_ticket
from bot.parts import Parts
from handlers.errors import DomainError
from handlers.tickets import evidence
from handlers.tickets.models import Action, Media
from handlers.tickets.opening import record

NOT_A_PICTURE = "这个文件不是能打开的照片，请重新拍一张。"
NOTHING = "请选一张照片。"
TAKEN = "照片已放进 {number}。"
PLATFORM = "console"


def register(console: Blueprint, parts: Parts) -> None:
    @console.post("/tickets/<number>/photo")
    @only(*STAFF)
    def add_photo(number: str) -> ResponseReturnValue:
        is_part = "HX-Request" in request.headers
        try:
            _add(parts, number)
            words = TAKEN.format(number=number)
        except DomainError as fault:
            if not is_part:
                raise
            words = fault.message
        if is_part:
            return render_template("console/photos.html", words=words, number=number)
        flash(words)
        return redirect(url_for(".ticket", number=number))


def _add(parts: Parts, number: str) -> None:
    """Beside the ticket's version: a picture must not make the step it proves a conflict."""
    with parts.looking() as desk:
        own_ticket(desk, number, lock=False)
    faults.show_again(lambda: pages.page(parts, number))
    file = request.files.get("photo")
    content = file.read() if file is not None else b""
    if not content:
        raise DomainError(NOTHING, field="photo")
    try:
        name, size = store.keep_picture(parts, content)
    except store.UnusableMediaError as error:
        raise DomainError(NOT_A_PICTURE, field="photo") from error
    who = person().userid
    with parts.working() as desk:
        ticket = own_ticket(desk, number)
        desk.session.add(
            Media(
                ticket_id=ticket.id,
                purpose=evidence.PURPOSE,
                kind="image",
                platform=PLATFORM,
                media_id=name,
                state="kept",
                path=name,
                content_type="image/jpeg",
                size=size,
                received_at=desk.now,
            )
        )
        record(desk, ticket, Action.ADD, by=who, text="现场照片", is_public=False)
        audit.write(
            desk.session, actor=who, action="ticket_photo", subject=ticket.number, now=desk.now
        )
