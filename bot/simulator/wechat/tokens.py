"""Access tokens, the JS ticket and the quota tools of the Official Account."""

import secrets
from typing import Any

from bot.simulator.gateway import Answer, Call, Table, get, post
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.tokens import Token
from bot.simulator.parts.world import World


def _check_credentials(sim: World, fields: dict[str, Any]) -> None:
    account = sim.config.wechat
    if fields.get("grant_type") != "client_credential":
        raise Refusal(40002)
    if fields.get("appid") != account.app_id:
        raise Refusal(40013)
    if fields.get("secret") != account.secret:
        raise Refusal(40125)


def _issued(token: Token, now: float) -> Answer:
    return {"access_token": token.value, "expires_in": max(300, int(token.expires_at - now))}


def token(sim: World, call: Call) -> Answer:
    _check_credentials(sim, call.query)
    return _issued(sim.tokens.plain(sim.now()), sim.now())


def stable_token(sim: World, call: Call) -> Answer:
    _check_credentials(sim, call.body)
    force = bool(call.body.get("force_refresh", False))
    return _issued(sim.tokens.stable(sim.now(), force=force), sim.now())


def ticket(_sim: World, _call: Call) -> Answer:
    return {
        "errcode": 0,
        "errmsg": "ok",
        "ticket": secrets.token_urlsafe(48),
        "expires_in": 7200,
    }


def quota(sim: World, call: Call) -> Answer:
    path = str(call.need("cgi_path")).lstrip("/")
    limit = sim.memory.quotas.limits.get(path, 10_000_000)
    used = sim.memory.quotas.used(path, sim.now())
    figures = {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}
    return {"errcode": 0, "errmsg": "ok", "quota": figures}


def clear_quota(sim: World, _call: Call) -> Answer:
    sim.memory.quotas.clear()
    return {"errcode": 0, "errmsg": "ok"}


def callback_addresses(_sim: World, _call: Call) -> Answer:
    return {"ip_list": ["127.0.0.1"]}


TABLE: Table = {
    "cgi-bin/token": get(token, token=False),
    "cgi-bin/stable_token": post(stable_token, token=False),
    "cgi-bin/ticket/getticket": get(ticket),
    "cgi-bin/openapi/quota/get": post(quota),
    "cgi-bin/clear_quota": post(clear_quota),
    "cgi-bin/getcallbackip": get(callback_addresses),
}
