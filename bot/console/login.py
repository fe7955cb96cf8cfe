"""Sign in with userid, password and code, or through WeCom; sign out."""

import secrets

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit, passwords
from bot.access.signed_in import current, only, person, remember, safe_next
from bot.console.may import STAFF
from bot.parts import Parts
from handlers.errors import DomainError
from handlers.tickets.commands import staff
from notifier.errors import ChannelError

WRONG = "工号、密码或验证码不对。忘了密码请找管理员。"
LOCKED = "试错太多次了，请 15 分钟后再试。"
NOT_STAFF = "企业微信没有认出您，请用工号和密码登录。"


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/login")
    def login() -> ResponseReturnValue:
        if current(parts) is not None:
            return redirect(_target())
        return _page(parts)

    @console.post("/login")
    def sign_in() -> ResponseReturnValue:
        """The failure is kept as well as the success, so it is no error of the transaction."""
        form = request.form
        with parts.working() as desk:
            try:
                found = passwords.sign_in(
                    desk.session,
                    userid=form.get("username", "").strip(),
                    password=form.get("password", ""),
                    totp=form.get("totp", "").strip(),
                    address=request.remote_addr or "",
                    now=desk.now,
                )
            except passwords.LockedError:
                return _page(parts, LOCKED), 429
            if found is not None:
                audit.write(
                    desk.session,
                    actor=found.userid,
                    action="sign_in",
                    subject=found.userid,
                    now=desk.now,
                )
        if found is None:
            return _page(parts, WRONG), 422
        remember(found)
        return redirect(_target())

    @console.post("/logout")
    @only(*STAFF)
    def logout() -> ResponseReturnValue:
        with parts.working() as desk:
            who = person().userid
            audit.write(desk.session, actor=who, action="sign_out", subject=who, now=desk.now)
        session.clear()
        return redirect(url_for(".login"))

    @console.get("/wecom")
    def wecom() -> ResponseReturnValue:
        """Ask WeCom who this is; `state` ties the answer to this browser."""
        if parts.wecom_oauth is None:
            abort(404)
        session["wecom_state"] = secrets.token_urlsafe(16)
        session["wecom_next"] = _target()
        back = f"{parts.settings.public_url}{url_for('.wecom_callback')}"
        return redirect(parts.wecom_oauth.authorize_url(back, session["wecom_state"]))

    @console.get("/wecom/callback")
    def wecom_callback() -> ResponseReturnValue:
        state, code = session.pop("wecom_state", None), request.args.get("code", "")
        target = safe_next(session.pop("wecom_next", None), url_for(".queue"))
        if parts.wecom_oauth is None:
            abort(404)
        if not state or not secrets.compare_digest(state, request.args.get("state", "")):
            return _page(parts, NOT_STAFF), 403
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
            return _page(parts, NOT_STAFF), 403
        remember(found)
        return redirect(target)


def _target() -> str:
    return safe_next(request.values.get("next"), url_for(".queue"))


def _page(parts: Parts, fault: str = "") -> str:
    return render_template(
        "console/login.html",
        refused=fault,
        username=request.form.get("username", ""),
        target=request.values.get("next", ""),
        has_wecom=parts.wecom_oauth is not None,
    )
