"""The Official Account's menu, QR scenes, followers and tags."""

import secrets
from typing import Any

from bot.simulator.gateway import Answer, Call, Table, get, post
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.people import Resident
from bot.simulator.parts.world import World

OK = {"errcode": 0, "errmsg": "ok"}
KEY_BYTES, URL_BYTES, NAME_BYTES, SUB_NAME_BYTES = 128, 1024, 16, 60
BUTTONS, SUB_BUTTONS = 3, 5
KEYED = {
    "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album",
    "pic_weixin", "location_select",
}  # fmt: skip
OTHERS = {"media_id", "view_limited", "article_id", "article_view_limited"}
SCENES = {"QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"}
LONGEST_SCENE = 64
LONGEST_EXPIRY = 2_592_000
PAGE = 10_000


def _check_button(button: dict[str, Any], *, sub: bool) -> None:
    most = SUB_NAME_BYTES if sub else NAME_BYTES
    if not 0 < len(str(button.get("name", "")).encode()) <= most:
        raise Refusal(40025 if sub else 40018)
    if children := button.get("sub_button"):
        if sub or len(children) > SUB_BUTTONS:
            raise Refusal(40023)
        for child in children:
            _check_button(child, sub=True)
        return
    kind = button.get("type")
    if kind in KEYED:
        if not 0 < len(str(button.get("key", "")).encode()) <= KEY_BYTES:
            raise Refusal(40019)
    elif kind in {"view", "miniprogram"}:
        if not 0 < len(str(button.get("url", "")).encode()) <= URL_BYTES:
            raise Refusal(40020)
    elif kind not in OTHERS:
        raise Refusal(40017)


def create_menu(sim: World, call: Call) -> Answer:
    buttons = call.body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
        raise Refusal(40016)
    for button in buttons:
        _check_button(button, sub=False)
    sim.menu = {"button": buttons}
    return dict(OK)


def read_menu(sim: World, _call: Call) -> Answer:
    if not sim.menu:
        raise Refusal(46003)
    return {"menu": sim.menu}


def read_self_menu(sim: World, _call: Call) -> Answer:
    return {"is_menu_open": int(bool(sim.menu)), "selfmenu_info": sim.menu}


def delete_menu(sim: World, _call: Call) -> Answer:
    sim.menu = {}
    return dict(OK)


def create_qrcode(sim: World, call: Call) -> Answer:
    action = call.need("action_name", 40053)
    scene = (call.body.get("action_info") or {}).get("scene") or {}
    value = str(scene.get("scene_str") or scene.get("scene_id") or "")
    if action not in SCENES or not 1 <= len(value) <= LONGEST_SCENE:
        raise Refusal(40053, "invalid action info")
    ticket = "gQ" + secrets.token_urlsafe(60)
    sim.memory.scenes[ticket] = value
    answer: dict[str, Any] = {"ticket": ticket, "url": f"{call.base}/q/{ticket}"}
    if "LIMIT" not in action:
        answer["expire_seconds"] = min(int(call.body.get("expire_seconds", 60)), LONGEST_EXPIRY)
    return answer


def _profile(sim: World, resident: Resident) -> dict[str, Any]:
    if not resident.subscribed:
        return {"subscribe": 0, "openid": resident.openid}
    scanned = bool(resident.scene)
    return {
        "subscribe": 1,
        "openid": resident.openid,
        "language": "zh_CN",
        "subscribe_time": int(resident.subscribed_at or sim.now()),
        "unionid": "u" + resident.openid[1:],
        "remark": "",
        "groupid": 0,
        "tagid_list": resident.tags,
        "subscribe_scene": "ADD_SCENE_QR_CODE" if scanned else "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": resident.scene,
    }


def _resident(sim: World, openid: str) -> Resident:
    resident = sim.memory.residents.get(openid)
    if resident is None:
        raise Refusal(40003)
    return resident


def user(sim: World, call: Call) -> Answer:
    return _profile(sim, _resident(sim, call.query.get("openid", "")))


def users(sim: World, call: Call) -> Answer:
    wanted = [str(item.get("openid", "")) for item in call.need("user_list")]
    return {"user_info_list": [_profile(sim, _resident(sim, openid)) for openid in wanted[:100]]}


def followers(sim: World, call: Call) -> Answer:
    openids = [r.openid for r in sim.memory.residents.all() if r.subscribed]
    after = call.query.get("next_openid", "")
    start = openids.index(after) + 1 if after in openids else 0
    page = openids[start : start + PAGE]
    return {
        "total": len(openids),
        "count": len(page),
        "data": {"openid": page},
        "next_openid": page[-1] if page else "",
    }


def create_tag(sim: World, call: Call) -> Answer:
    number = 100 + len(sim.memory.tags)
    sim.memory.tags[number] = str(call.need("tag").get("name", ""))
    return {"tag": {"id": number, "name": sim.memory.tags[number]}}


def tag_users(sim: World, call: Call) -> Answer:
    tag = int(call.need("tagid"))
    if tag not in sim.memory.tags:
        raise Refusal(45159, "invalid tag id")
    for openid in call.need("openid_list"):
        resident = _resident(sim, str(openid))
        if tag not in resident.tags:
            resident.tags.append(tag)
    return dict(OK)


TABLE: Table = {
    "cgi-bin/menu/create": post(create_menu),
    "cgi-bin/menu/get": get(read_menu),
    "cgi-bin/menu/delete": get(delete_menu),
    "cgi-bin/get_current_selfmenu_info": get(read_self_menu),
    "cgi-bin/qrcode/create": post(create_qrcode),
    "cgi-bin/user/info": get(user),
    "cgi-bin/user/info/batchget": post(users),
    "cgi-bin/user/get": get(followers),
    "cgi-bin/tags/create": post(create_tag),
    "cgi-bin/tags/members/batchtagging": post(tag_users),
}
