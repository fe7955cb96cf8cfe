"""Sign in with the utility's own accounts (OpenID Connect), and out of them."""

from hmac import compare_digest

import structlog
from flask import Blueprint, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import remember, safe_next
from bot.console import login
from bot.parts import Parts
from bot.platforms.oidc import Journey, Oidc, OidcRefusedError
from handlers.errors import DomainError
from handlers.grid.models import Staff
from handlers.tickets.commands import staff
from notifier.errors import ChannelError

log = structlog.get_logger(__name__)

NOT_PROVEN = "单位账号没有登录成功，请重试，或用工号和密码登录。"
NOT_STAFF = "您的单位账号还没有登记为工作人员，请找管理员。"
AWAY = "单位账号暂时登录不了，请稍后再试，或用工号和密码登录。"


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/oidc")
    def oidc() -> ResponseReturnValue:
        """Send the person to the provider; the journey is tied to this browser."""
        journey, target = Journey.begin(), login.target()
        try:
            address = _provider(parts).authorize_url(_back(parts), journey)
        except (OidcRefusedError, ChannelError) as error:
            log.warning("oidc_away", reason=str(error))
            return login.page(parts, AWAY), 503
        session["oidc"], session["oidc_next"] = journey.as_kept(), target
        return redirect(address)

    @console.get("/oidc/callback")
    def oidc_callback() -> ResponseReturnValue:
        target = safe_next(session.pop("oidc_next", None), url_for(".queue"))
        try:
            found = _person(parts, _userid(parts, _provider(parts)))
        except OidcRefusedError as error:
            log.warning("oidc_refused", reason=str(error))
            return login.page(parts, NOT_PROVEN), 403
        except ChannelError as error:
            log.warning("oidc_away", reason=str(error))
            return login.page(parts, AWAY), 503
        except DomainError:
            return login.page(parts, NOT_STAFF), 403
        remember(found, by="oidc")
        return redirect(target)

    @console.get("/oidc/leave")
    def oidc_leave() -> ResponseReturnValue:
        """Sign out at the provider too, and come back to our sign-in."""
        back = f"{parts.settings.public_url}{url_for('.login')}"
        try:
            address = _provider(parts).leave_url(back)
        except (OidcRefusedError, ChannelError):
            address = None
        return redirect(address or back)


def _provider(parts: Parts) -> Oidc:
    if parts.oidc is None:
        abort(404)
    return parts.oidc


def _back(parts: Parts) -> str:
    return f"{parts.settings.public_url}{url_for('.oidc_callback')}"


def _userid(parts: Parts, provider: Oidc) -> str:
    """Who has come back from this browser's journey, which is over with it."""
    journey, given = Journey.of(session.pop("oidc", None)), request.args
    if journey is None or not compare_digest(
        journey.state.encode(), given.get("state", "").encode()
    ):
        raise OidcRefusedError("an answer that this browser did not ask for")
    if given.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise OidcRefusedError("an answer of another provider")
    return provider.userid(given.get("code", ""), _back(parts), journey)


def _person(parts: Parts, userid: str) -> Staff:
    """The registered, active member of staff of a userid; raises DomainError for anybody else."""
    with parts.working() as desk:
        found = staff(desk, userid)
        who, facts = found.userid, {"by": "oidc"}
        audit.write(
            desk.session, actor=who, action="sign_in", subject=who, now=desk.now, facts=facts
        )
    return found
