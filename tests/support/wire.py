"""The platforms' side of the callbacks: really signed and sealed requests, and opened answers.

Written from the protocol's description, not from our envelope, so that the two check each other.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import xmltodict
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.clock import Clock
from handlers.dialogue.turn import Inbound, Reply

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
TOKEN = "tok3n"
APP_ID = "wx0123456789abcdef"
CORP_ID = "ww0123456789abcdef"
GH = "gh_680bdefc8c5d"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CLOCK = Clock(source=lambda: NOW)


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def _cipher(key: str) -> Cipher:
    raw = base64.b64decode(key + "=")
    return Cipher(algorithms.AES(raw), modes.CBC(raw[:16]))


def encrypt_raw(plain: bytes, key: str = KEY) -> str:
    encryptor = _cipher(key).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def framed(message: bytes, receiver: str, start: bytes = b"0123456789abcdef") -> bytes:
    plain = start + len(message).to_bytes(4, "big") + message + receiver.encode()
    pad = 32 - len(plain) % 32
    return plain + bytes([pad]) * pad


def seal(message: str | bytes, receiver: str, key: str = KEY) -> str:
    raw = message.encode() if isinstance(message, str) else message
    return encrypt_raw(framed(raw, receiver, secrets.token_bytes(16)), key)


def unseal(sealed: str, receiver: str, key: str = KEY) -> str:
    decryptor = _cipher(key).decryptor()
    plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
    assert 1 <= plain[-1] <= 32
    content = plain[16 : -plain[-1]]
    end = 4 + int.from_bytes(content[:4], "big")
    assert content[end:].decode() == receiver
    return content[4:end].decode()


def xml(fields: dict[str, Any]) -> str:
    return xmltodict.unparse({"xml": fields}, full_document=False)


def stamp(offset: int = 0) -> str:
    return str(int(NOW.timestamp()) + offset)


def plain_query(*, offset: int = 0, nonce: str = "486452656", token: str = TOKEN) -> dict[str, str]:
    at = stamp(offset)
    return {"signature": sign(token, at, nonce), "timestamp": at, "nonce": nonce}


def sealed_query(sealed: str, *, offset: int = 0, nonce: str = "n0nce") -> dict[str, str]:
    at = stamp(offset)
    return {"msg_signature": sign(TOKEN, at, nonce, sealed), "timestamp": at, "nonce": nonce}


def text(content: str = "停电了", **more: Any) -> dict[str, Any]:
    return {
        "ToUserName": GH,
        "FromUserName": "oWangFang",
        "CreateTime": stamp(),
        "MsgType": "text",
        "Content": content,
        "MsgId": "1234567890123456",
        **more,
    }


def event(name: str, **more: Any) -> dict[str, Any]:
    return {
        "ToUserName": GH,
        "FromUserName": "oWangFang",
        "CreateTime": stamp(),
        "MsgType": "event",
        "Event": name,
        **more,
    }


@dataclass
class Ear:
    """Stands where the engine stands: hears what came in, says what it is told to."""

    reply: Reply = field(default_factory=lambda: Reply("收到"))
    heard: list[Inbound] = field(default_factory=list)
    trouble: Exception | None = None

    def respond(self, inbound: Inbound) -> Reply:
        self.heard.append(inbound)
        if self.trouble:
            raise self.trouble
        return self.reply


def client_of(blueprint: Any) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(blueprint)
    return app.test_client()


def open_xml(response: TestResponse, receiver: str, key: str = KEY) -> dict[str, Any]:
    """The passive answer inside an envelope, its signature checked."""
    outer = xmltodict.parse(response.text)["xml"]
    signed = (TOKEN, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
    assert outer["MsgSignature"] == sign(*signed)
    return dict(xmltodict.parse(unseal(outer["Encrypt"], receiver, key))["xml"])


def open_json(response: TestResponse) -> dict[str, Any]:
    outer = json.loads(response.data)
    signed = (TOKEN, str(outer["timestamp"]), outer["nonce"], outer["encrypt"])
    assert outer["msgsignature"] == sign(*signed)
    return dict(json.loads(unseal(outer["encrypt"], "")))
