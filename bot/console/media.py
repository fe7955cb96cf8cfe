"""Pictures, voices and videos of a ticket, for those who may see its resident."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from bot import media as store
from bot.access.signed_in import only, person
from bot.console.may import STAFF, own_ticket
from bot.parts import Parts
from handlers.tickets.models import Media

INLINE = frozenset({"image/jpeg", "audio/mpeg", "video/mp4"})


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/tickets/<number>/media/<int:media_id>")
    @only(*STAFF)
    def media(number: str, media_id: int) -> ResponseReturnValue:
        with parts.looking() as desk:
            ticket = own_ticket(desk, number, lock=False)
            found = desk.session.get(Media, media_id)
            if found is None or found.ticket_id != ticket.id or found.state != "kept":
                abort(404)
            if not person().sees_personal(ticket):
                abort(403)
            try:
                thumb = found.kind == "image" and "thumb" in request.args
                content = store.read(parts, found, thumb=thumb)
            except FileNotFoundError:
                abort(404)
            response = Response(content, mimetype=found.content_type or "application/octet-stream")
            if found.content_type not in INLINE:
                response.headers["Content-Disposition"] = "attachment"
            response.headers["Cache-Control"] = "private, max-age=600"
            return response
