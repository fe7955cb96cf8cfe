"""Sign in through WeCom: the page opened from a card knows who opened it."""

import secrets

from flask import Blueprint, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import remember, safe_next
from bot.console import login
from bot.parts import Parts
from handlers.errors import DomainError
from handlers.tickets.commands import staff
from notifier.errors import ChannelError

NOT_STAFF = "企业微信没有认出您，请用工号和密码登录。"


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/wecom")
    def wecom() -> ResponseReturnValue:
        """Ask WeCom who this is; `state` ties the answer to this browser."""
        if parts.wecom_oauth is None:
            abort(404)
        session["wecom_state"] = secrets.token_urlsafe(16)
        session["wecom_next"] = login.target()
        back = f"{parts.settings.public_url}{url_for('.wecom_callback')}"
        return redirect(parts.wecom_oauth.authorize_url(back, session["wecom_state"]))

    @console.get("/wecom/callback")
    def wecom_callback() -> ResponseReturnValue:
        state, code = session.pop("wecom_state", None), request.args.get("code", "")
        target = safe_next(session.pop("wecom_next", None), url_for(".queue"))
        if parts.wecom_oauth is None:
            abort(404)
        given = request.args.get("state", "")
        if not state or not secrets.compare_digest(state.encode(), given.encode()):
            return login.page(parts, NOT_STAFF), 403
        try:
            userid = parts.wecom_oauth.userid(code)
            with parts.working() as desk:
                found = staff(desk, userid)
                audit.write(
                    desk.session,
                    actor=found.userid,
                    action="sign_in",
                    subject=found.userid,
                    now=desk.now,
                    facts={"by": "wecom"},
                )
        except (ChannelError, DomainError):
            return login.page(parts, NOT_STAFF), 403
        remember(found)
        return redirect(target)
