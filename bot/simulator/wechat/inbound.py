"""What residents do, as the messages and events that the Official Account pushes."""

import secrets
from typing import Any

from bot.simulator.parts import quotas
from bot.simulator.parts.people import Resident
from bot.simulator.parts.phones import resident_chat
from bot.simulator.parts.world import World
from bot.simulator.wechat.push import common, exchange

LATITUDE, LONGITUDE = 29.733218, 115.959789
EVENTS = {"subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "LOCATION"}
Told = tuple[dict[str, Any], str, dict[str, Any]]


class UnknownKindError(Exception):
    """No resident can send that."""


def _media(sim: World, data: dict[str, Any], kind: str) -> str:
    return str(data.get("media_id") or sim.memory.media.sample(kind, sim.now()).media_id)


def _text(_sim: World, data: dict[str, Any]) -> Told:
    content = str(data.get("content", ""))
    fields = {"Content": content}
    if menu_id := data.get("menu_id"):
        fields["bizmsgmenuid"] = str(menu_id)
    return fields, content, {}


def _image(sim: World, data: dict[str, Any]) -> Told:
    media_id = _media(sim, data, "image")
    url = f"{sim.config.public_base}/media/{media_id}"
    shown = {"media_id": media_id, "media_type": "image"}
    return {"PicUrl": url, "MediaId": media_id}, "[图片]", shown


def _voice(sim: World, data: dict[str, Any]) -> Told:
    media_id = _media(sim, data, "voice")
    fields = {
        "MediaId": media_id,
        "Format": "amr",
        "MediaId16K": _media(sim, data, "voice"),
    }
    if said := data.get("recognition"):
        fields["Recognition"] = str(said)
    return fields, "[语音]", {"media_id": media_id, "media_type": "voice"}


def _video(sim: World, data: dict[str, Any]) -> Told:
    media_id = _media(sim, data, "video")
    thumb = sim.memory.media.sample("thumb", sim.now()).media_id
    shown = {"media_id": media_id, "media_type": "video"}
    return {"MediaId": media_id, "ThumbMediaId": thumb}, "[视频]", shown


def _location(_sim: World, data: dict[str, Any]) -> Told:
    label = str(data.get("label", ""))
    fields = {
        "Location_X": float(data.get("latitude", LATITUDE)),
        "Location_Y": float(data.get("longitude", LONGITUDE)),
        "Scale": int(data.get("scale", 15)),
        "Label": label,
    }
    return fields, f"[位置] {label}", {}


def _link(_sim: World, data: dict[str, Any]) -> Told:
    fields = {
        "Title": str(data.get("title", "")),
        "Description": str(data.get("description", "")),
        "Url": str(data.get("url", "")),
    }
    return fields, f"[链接] {fields['Title']}", {}


COMPOSERS = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
}


def send(sim: World, resident: Resident, data: dict[str, Any]) -> dict[str, Any]:
    """Let a resident send a message; `type` is its MsgType, or an event's name.

    `fields` add to what is pushed or replace parts of it, for kinds that nobody knows yet.
    """
    kind = str(data.get("type", "text"))
    if kind in EVENTS:
        return _event(sim, resident, kind, data)
    if kind not in COMPOSERS:
        raise UnknownKindError(kind)
    with sim.lock:
        fields, text, shown = COMPOSERS[kind](sim, data)
        # A tap on a msgmenu item counts as a menu click: three messages, one minute.
        clicked = "bizmsgmenuid" in fields
        resident.window.grant(quotas.CLICK if clicked else quotas.MESSAGE, sim.now())
        resident.last_exchange = sim.now()
        chat = resident_chat(resident.openid)
        sim.memory.phones.show(
            chat, "resident", text, at=sim.now(), via="resident", kind=kind, data=shown
        )
    number = int(data.get("msg_id") or 2**62 + sim.next_id())
    pushed = {**common(sim, resident.openid, kind), **fields, "MsgId": number}
    return exchange(sim, {**pushed, **data.get("fields", {})})


def _event(sim: World, resident: Resident, name: str, data: dict[str, Any]) -> dict[str, Any]:
    with sim.lock:
        fields, note = _EVENTS[name](sim, resident, data)
        if note:
            chat = resident_chat(resident.openid)
            sim.memory.phones.show(chat, "system", note, at=sim.now(), via="event", kind="event")
    pushed = {**common(sim, resident.openid, "event"), "Event": name, **fields}
    return exchange(sim, {**pushed, **data.get("fields", {})})


def _scan_fields(sim: World, data: dict[str, Any]) -> tuple[str, str]:
    """Read the scene either from a ticket that the product created, or as told."""
    ticket = str(data.get("ticket", ""))
    scene = sim.memory.scenes.get(ticket) or str(data.get("scene", ""))
    return scene, ticket or "gQ" + secrets.token_urlsafe(40)


def _subscribe(sim: World, resident: Resident, data: dict[str, Any]) -> tuple[Any, str]:
    resident.subscribed, resident.subscribed_at = True, sim.now()
    resident.window.grant(quotas.FOLLOW, sim.now())
    scene, ticket = _scan_fields(sim, data)
    if not scene:
        return {"EventKey": ""}, "关注了公众号"
    resident.scene = scene
    return {"EventKey": f"qrscene_{scene}", "Ticket": ticket}, f"扫码关注（{scene}）"


def _unsubscribe(_sim: World, resident: Resident, _data: dict[str, Any]) -> tuple[Any, str]:
    resident.subscribed = False
    return {"EventKey": ""}, "取消了关注"


def _scan(sim: World, resident: Resident, data: dict[str, Any]) -> tuple[Any, str]:
    resident.window.grant(quotas.SCAN, sim.now())
    scene, ticket = _scan_fields(sim, data)
    return {"EventKey": scene, "Ticket": ticket}, f"扫描了二维码（{scene}）"


def _click(sim: World, resident: Resident, data: dict[str, Any]) -> tuple[Any, str]:
    resident.window.grant(quotas.CLICK, sim.now())
    key = str(data.get("key", ""))
    return {"EventKey": key}, f"点了菜单「{data.get('name') or key}」"


def _view(_sim: World, _resident: Resident, data: dict[str, Any]) -> tuple[Any, str]:
    url = str(data.get("url", ""))
    return {"EventKey": url, "MenuId": 1}, f"打开了菜单链接「{data.get('name') or url}」"


def _position(_sim: World, _resident: Resident, data: dict[str, Any]) -> tuple[Any, str]:
    fields = {
        "Latitude": float(data.get("latitude", LATITUDE)),
        "Longitude": float(data.get("longitude", LONGITUDE)),
        "Precision": 60.0,
    }
    return fields, ""


_EVENTS = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "SCAN": _scan,
    "CLICK": _click,
    "VIEW": _view,
    "LOCATION": _position,
}
