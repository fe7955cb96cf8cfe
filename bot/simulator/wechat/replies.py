"""The product's passive reply, read as strictly as the platform reads it."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from bot.simulator import xml
from bot.simulator.courier import Attempt
from bot.simulator.crypto import EnvelopeError
from bot.simulator.parts.world import World
from bot.simulator.settings import BodyFormat, Mode

TEXT_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Reply:
    """`broken` says why the resident sees the fault text instead."""

    kind: str = "text"
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    broken: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _opened(sim: World, body: str) -> dict[str, Any]:
    fields = _parsed(sim, body)
    if "Encrypt" not in fields:
        if sim.mode is Mode.SAFE:
            raise EnvelopeError("a plain reply in safe mode")
        return fields
    if sim.mode is Mode.PLAIN:
        raise EnvelopeError("an encrypted reply in plain mode")
    envelope, encrypted = sim.wechat_envelope, str(fields["Encrypt"])
    given, timestamp, nonce = (
        str(fields.get(name, "")) for name in ("MsgSignature", "TimeStamp", "Nonce")
    )
    envelope.check(given, timestamp, nonce, encrypted)
    return _parsed(sim, envelope.open(encrypted))


def _parsed(sim: World, body: str) -> dict[str, Any]:
    if sim.body_format is BodyFormat.XML:
        return xml.read(body)
    try:
        fields = json.loads(body)
    except ValueError as error:
        raise xml.UnreadableError(str(error)) from error
    if not isinstance(fields, dict):
        raise xml.UnreadableError("no JSON object")
    return fields


def _articles(fields: dict[str, Any]) -> list[dict[str, Any]]:
    articles = (fields.get("Articles") or {}).get("item", [])
    return articles if isinstance(articles, list) else [articles]


def _text(fields: dict[str, Any]) -> Reply:
    text = str(fields.get("Content") or "")
    if not text or len(text.encode()) > TEXT_BYTES:
        return Reply(broken=f"text of {len(text.encode())} bytes")
    return Reply("text", text)


def _news(fields: dict[str, Any]) -> Reply:
    articles = _articles(fields)
    if len(articles) != 1:
        return Reply(broken=f"{len(articles)} articles")
    data = {key.lower(): value for key, value in articles[0].items()}
    return Reply("news", str(articles[0].get("Title", "")), {"articles": [data]})


def _content(fields: dict[str, Any]) -> Reply:
    match fields.get("MsgType"):
        case "text":
            return _text(fields)
        case "news":
            return _news(fields)
        case "image" | "voice" | "video" as kind:
            part = fields.get(kind.capitalize()) or {}
            return Reply(kind, f"[{kind}]", {"media_id": part.get("MediaId", "")})
        case "transfer_customer_service":
            return Reply("transfer", "已转接人工客服")
        case kind:
            return Reply(broken=f"MsgType {kind}")


def read_reply(sim: World, openid: str, attempt: Attempt) -> Reply | None:
    """Read an answer; None is the product's right to say nothing (`success` or no body)."""
    if attempt.status != httpx.codes.OK:
        return Reply(broken=attempt.error or f"HTTP {attempt.status}")
    if attempt.body in {"", "success"}:
        return None
    try:
        fields = _opened(sim, attempt.body)
    except (EnvelopeError, xml.UnreadableError) as error:
        return Reply(broken=str(error))
    if fields.get("ToUserName") != openid:
        return Reply(broken="ToUserName is not the sender")
    if fields.get("FromUserName") != sim.config.wechat.original_id:
        return Reply(broken="FromUserName is not the account's original id")
    return _content(fields)
