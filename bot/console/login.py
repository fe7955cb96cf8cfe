"""Sign in with userid, password and code; sign out."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit, passwords
from bot.access.signed_in import current, forget, only, person, remember, safe_next
from bot.console.may import STAFF
from bot.parts import Parts

WRONG = "工号、密码或验证码不对。忘了密码请找管理员。"
INSIDE_WECOM = "wxwork"  # part of the user agent of its built-in browser
LOCKED = "试错太多次了，请 15 分钟后再试。"


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/login")
    def login() -> ResponseReturnValue:
        if current(parts) is not None:
            return redirect(target())
        if parts.wecom_oauth is not None and INSIDE_WECOM in request.user_agent.string:
            return redirect(url_for(".wecom", next=target()))
        return page(parts)

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
                return page(parts, LOCKED), 429
            if found is not None:
                audit.write(
                    desk.session,
                    actor=found.userid,
                    action="sign_in",
                    subject=found.userid,
                    now=desk.now,
                )
        if found is None:
            return page(parts, WRONG), 422
        remember(found)
        return redirect(target())

    @console.post("/logout")
    @only(*STAFF)
    def logout() -> ResponseReturnValue:
        by = session.get("by") or None
        with parts.working() as desk:
            who = person().userid
            audit.write(desk.session, actor=who, action="sign_out", subject=who, now=desk.now)
            forget(desk.session, desk.now)
        return redirect(url_for(".login", left=by))


def target() -> str:
    return safe_next(request.values.get("next"), url_for(".queue"))


def page(parts: Parts, fault: str = "") -> str:
    return render_template(
        "console/login.html",
        refused=fault,
        username=request.form.get("username", ""),
        target=request.values.get("next", ""),
        has_wecom=parts.wecom_oauth is not None,
        has_oidc=parts.oidc is not None,
        left=request.args.get("left") == "oidc",
    )
