"""A resident's proof of being himself on a page: the Official Account's OAuth."""

import hmac
import secrets
from hashlib import sha256

from flask import Blueprint, abort, redirect, request, session
from flask.typing import ResponseReturnValue

from bot.access.signed_in import safe_next
from bot.parts import Parts
from notifier.errors import ChannelError

STATE_LENGTH = 24


def register(h5: Blueprint, parts: Parts) -> None:
    @h5.get("/oauth")
    def come_back() -> ResponseReturnValue:
        """The platform brings the resident back with a code, good once."""
        target, code = request.args.get("next", ""), request.args.get("code", "")
        state = request.args.get("state", "")
        nonce = session.pop("oauth_nonce", "")
        if parts.wechat_oauth is None or not code or not nonce:
            abort(400)
        if not hmac.compare_digest(_state(parts, target, nonce).encode(), state.encode()):
            abort(400)
        try:
            session["openid"] = parts.wechat_oauth.openid(code)
        except ChannelError:
            abort(403)
        return redirect(safe_next(target, "/h5/outages"))


def openid() -> str | None:
    """Whose proof this browser holds."""
    found = session.get("openid")
    return found if isinstance(found, str) else None


def ask(parts: Parts, target: str) -> ResponseReturnValue:
    """Send the resident to prove himself and come back to `target`, a path of ours."""
    if parts.wechat_oauth is None:
        abort(404)
    back = f"{parts.settings.public_url}/h5/oauth?next={target}"
    session["oauth_nonce"] = secrets.token_urlsafe(16)
    state = _state(parts, target, session["oauth_nonce"])
    return redirect(parts.wechat_oauth.authorize_url(back, state))


def is_of(link_openid: str | None) -> bool:
    """Whether this browser's proof is that of the link's own resident; a link of nobody has none."""
    return link_openid is not None and openid() == link_openid


def _state(parts: Parts, target: str, nonce: str) -> str:
    """Ties the answer to this browser and to where it goes on to."""
    key = parts.settings.secret_key.get_secret_value().encode()
    return hmac.new(key, f"oauth:{nonce}:{target}".encode(), sha256).hexdigest()[:STATE_LENGTH]
