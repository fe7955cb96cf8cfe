"""Web authorization of both platforms: the page that gives a code, and the code's exchange."""

import secrets
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from bot.simulator.gateway import Answer, Call, Table, get, world
from bot.simulator.parts.clock import MINUTE
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.world import OAuthCode, World

oauth = Blueprint("oauth", __name__)
CODE_LIFETIME = 5 * MINUTE
COOKIES = {False: "sim_openid", True: "sim_userid"}


@oauth.get("/connect/oauth2/authorize")
def authorize() -> ResponseReturnValue:
    """Send the reader back with a code. Who reads is `sim_as`, or the phone chosen last."""
    sim = world()
    wecom = request.args.get("appid") == sim.config.wecom.corp_id
    if not wecom and request.args.get("appid") != sim.config.wechat.app_id:
        abort(400, "appid 参数错误")
    target = request.args.get("redirect_uri", "")
    if urlsplit(target)[:2] != urlsplit(sim.product_url)[:2]:
        abort(400, "redirect_uri 参数错误（10003：域名与后台配置不一致）")
    who = request.args.get("sim_as") or request.cookies.get(COOKIES[wecom], "")
    if not who:
        people = sim.memory.members.all() if wecom else sim.memory.residents.all()
        return render_template("choose.html", people=people, query=request.args.to_dict())
    code = secrets.token_urlsafe(24)
    scope = request.args.get("scope", "snsapi_base")
    with sim.lock:
        sim.memory.oauth[code] = OAuthCode(who, sim.now() + CODE_LIFETIME, scope)
    join = "&" if urlsplit(target).query else "?"
    state = request.args.get("state", "")
    return redirect(f"{target}{join}{urlencode({'code': code, 'state': state})}")


def _redeem(sim: World, code: str) -> OAuthCode:
    found = sim.memory.oauth.get(code)
    if found is None or sim.now() > found.until:
        raise Refusal(40029)
    if found.used:
        raise Refusal(40163)
    found.used = True
    return found


def sns_token(sim: World, call: Call) -> Answer:
    account = sim.config.wechat
    if call.query.get("appid") != account.app_id:
        raise Refusal(40013)
    if call.query.get("secret") != account.secret:
        raise Refusal(40125)
    if call.query.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    found = _redeem(sim, call.query.get("code", ""))
    return {
        "access_token": "sns_" + secrets.token_urlsafe(48),
        "expires_in": 7200,
        "refresh_token": secrets.token_urlsafe(48),
        "openid": found.who,
        "scope": found.scope,
        "unionid": "u" + found.who[1:],
    }


def sns_user(sim: World, call: Call) -> Answer:
    resident = sim.memory.residents.get(call.query.get("openid", ""))
    if resident is None:
        raise Refusal(40003)
    return {
        "openid": resident.openid,
        "nickname": resident.name,
        "sex": 0,
        "province": "",
        "city": "",
        "country": "",
        "headimgurl": "",
        "privilege": [],
        "unionid": "u" + resident.openid[1:],
    }


def member(sim: World, call: Call) -> Answer:
    found = _redeem(sim, call.query.get("code", ""))
    ok = {"errcode": 0, "errmsg": "ok"}
    if sim.memory.members.get(found.who) is None and not sim.config.open_world:
        return {**ok, "openid": found.who}
    if call.path.endswith("user/getuserinfo"):
        return {**ok, "UserId": found.who, "DeviceId": "simulated"}
    return {**ok, "userid": found.who, "user_ticket": secrets.token_urlsafe(32)}


WECHAT: Table = {
    "sns/oauth2/access_token": get(sns_token, token=False),
    "sns/userinfo": get(sns_user, token=False),
}
WECOM: Table = {
    "cgi-bin/auth/getuserinfo": get(member),
    "cgi-bin/user/getuserinfo": get(member),
}
