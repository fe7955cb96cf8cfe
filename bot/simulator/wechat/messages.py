"""Customer-service messages: types, limits and the reply window."""

from typing import Any

from bot.simulator.gateway import Answer, Call, Table, post
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.people import Resident
from bot.simulator.parts.phones import resident_chat
from bot.simulator.parts.world import World

TEXT_BYTES = 2048
EXCHANGE_SECONDS = 30
TYPING_SECONDS = 15
OK = {"errcode": 0, "errmsg": "ok"}


def _text(_sim: World, part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    content = str(part.get("content", ""))
    if not content:
        raise Refusal(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise Refusal(45002)
    return content, {}


def _media(sim: World, part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    media = sim.memory.media.get(str(part.get("media_id", "")), sim.now())
    return f"[{media.filename}]", {"media_id": media.media_id, "media_type": media.kind}


def _news(_sim: World, part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    articles = part.get("articles", [])
    if len(articles) != 1:
        raise Refusal(45008)
    return str(articles[0].get("title", "")), {"articles": articles}


def _menu(_sim: World, part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    items = part.get("list", [])
    if not items or any(not item.get("content") for item in items):
        raise Refusal(47001)
    return str(part.get("head_content", "")), {"items": items, "tail": part.get("tail_content", "")}


def _plain(_sim: World, part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return str(part.get("title", "")), dict(part)


READERS = {
    "text": _text,
    "image": _media,
    "voice": _media,
    "video": _media,
    "news": _news,
    "msgmenu": _menu,
    "music": _plain,
    "miniprogrampage": _plain,
    "mpnewsarticle": _plain,
}


def _receiver(sim: World, openid: str) -> Resident:
    resident = sim.memory.residents.addressed(openid, sim.now())
    if resident is None:
        raise Refusal(40003)
    return resident


def send(sim: World, call: Call) -> Answer:
    resident = _receiver(sim, str(call.need("touser", 40003)))
    kind = str(call.body.get("msgtype", ""))
    if kind not in READERS:
        raise Refusal(40008)
    part = call.body.get(kind)
    if not isinstance(part, dict):
        raise Refusal(44004)
    text, data = READERS[kind](sim, part)
    if not resident.subscribed:
        raise Refusal(45015)
    resident.window.take(sim.now())
    resident.last_exchange = sim.now()
    resident.typing_until = 0.0
    if call.body.get("aimsgcontext", {}).get("is_ai_msg") == 1:
        data["note"] = "内容由第三方AI生成"
    chat = resident_chat(resident.openid)
    sim.memory.phones.show(chat, "account", text, at=sim.now(), via="custom", kind=kind, data=data)
    return dict(OK)


def typing(sim: World, call: Call) -> Answer:
    resident = _receiver(sim, str(call.need("touser", 40003)))
    command = call.body.get("command")
    if command not in {"Typing", "CancelTyping"}:
        raise Refusal(45072)
    if sim.now() - resident.last_exchange > EXCHANGE_SECONDS:
        raise Refusal(45080)
    if command == "Typing" and sim.now() < resident.typing_until:
        raise Refusal(45081)
    resident.typing_until = sim.now() + TYPING_SECONDS if command == "Typing" else 0.0
    return dict(OK)


TABLE: Table = {
    "cgi-bin/message/custom/send": post(send),
    "cgi-bin/message/custom/typing": post(typing),
}
