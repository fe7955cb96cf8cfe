"""Webhook robots of internal groups: one way, twenty messages a minute."""

from typing import Any

from bot.simulator.gateway import Answer, Call, Table, post
from bot.simulator.media_api import decode_image, described, store
from bot.simulator.parts import cards
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.groups import Group, GroupKind
from bot.simulator.parts.phones import group_chat
from bot.simulator.parts.world import World
from bot.simulator.wecom.messages import card_text

LIMITS = {"text": 2048, "markdown": 4096, "markdown_v2": 4096}
CARDS = {"text_notice", "news_notice"}
ARTICLES = 8


def _group(sim: World, call: Call) -> Group:
    group = sim.memory.groups.addressed(call.query.get("key", ""), GroupKind.WEBHOOK)
    if group is None:
        raise Refusal(93000)
    return group


def _content(sim: World, kind: str, part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if kind in LIMITS:
        text = str(part.get("content", ""))
        if not text:
            raise Refusal(44004)
        if len(text.encode()) > LIMITS[kind]:
            raise Refusal(40058, f"{kind}.content exceed max length {LIMITS[kind]}")
        return text, {"mentioned": part.get("mentioned_list", [])}
    if kind == "image":
        content = decode_image(part)
        media = sim.memory.media.add("image", "image.png", "image/png", content, sim.now())
        return "[图片]", {"media_id": media.media_id, "media_type": "image"}
    if kind in {"file", "voice"}:
        media = sim.memory.media.get(str(part.get("media_id", "")), sim.now())
        return f"[{media.filename}]", {"media_id": media.media_id, "media_type": media.kind}
    if kind == "news":
        articles = part.get("articles", [])
        if not 1 <= len(articles) <= ARTICLES or not all(a.get("title") for a in articles):
            raise Refusal(40058)
        return str(articles[0]["title"]), {"articles": articles}
    cards.check_card(part, CARDS)
    return card_text(part), {"card": part, "replaced": ""}


def send(sim: World, call: Call) -> Answer:
    group = _group(sim, call)
    kind = str(call.body.get("msgtype", ""))
    if kind not in {*LIMITS, "image", "file", "voice", "news", "template_card"}:
        raise Refusal(40008)
    part = call.body.get(kind)
    if not isinstance(part, dict):
        raise Refusal(40058)
    text, data = _content(sim, kind, part)
    if not sim.memory.rates["webhook"].allow(group.target, sim.now()):
        raise Refusal(45009)
    sim.memory.phones.show(
        group_chat(group.target), "robot", text, at=sim.now(), via="webhook", kind=kind, data=data
    )
    return {"errcode": 0, "errmsg": "ok"}


def upload(sim: World, call: Call) -> Answer:
    _group(sim, call)
    return described(store(sim, call, {"file", "voice"}))


TABLE: Table = {
    "cgi-bin/webhook/send": post(send, token=False),
    "cgi-bin/webhook/upload_media": post(upload, token=False),
}
