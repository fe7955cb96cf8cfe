"""The full path of a message against the bare encrypted echo, on the same server and machine."""

import itertools
import random
import tempfile
import time
from hashlib import sha1
from pathlib import Path

from wechatpy.crypto import WeChatCrypto

from bench import load
from bench.figures import Figure
from bench.servers import granian
from bot import schema, wiring
from bot.demo_setup import CITY, Keys, demo_settings
from config.settings import PREFIX, Settings
from handlers.registry.importer import import_registry
from tests.support import postgres

KEYS = Keys(
    "benchmark-secret-key",
    "benchmark-field-key",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "bcdefghijklmnopqrstuvwxyz0123456789ABCDEFGc",
    "cdefghijklmnopqrstuvwxyz0123456789ABCDEFGHg",
)
TEXTS = (
    "你好",
    "电费怎么交",
    "一度电多少钱",
    "你会什么",
    "谢谢师傅",
    "打雷要不要拔插头",
    "装充电桩要什么材料",
    "营业厅在哪里",
)
MESSAGES = 3000
CLIENTS = 16
_NUMBERS = itertools.count(7_000_000_000)


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as scratch, postgres.running() as server:
        with postgres.fresh_database(server) as address:
            settings = _prepared(Path(scratch), address)
            environ = _environ(settings)
            echo = {
                "ECHO_TOKEN": settings.wechat_token.get_secret_value(),
                "ECHO_KEY": KEYS.wechat_aes,
                "ECHO_APP": settings.wechat_app_id,
            }
            with granian("bench.echo:load", echo) as port:
                _warm(port, settings)
                reference = load.run(port, _requests(settings, MESSAGES), clients=CLIENTS)
            with granian("bot.wsgi:load", environ) as port:
                _warm(port, settings)
                full = load.run(port, _requests(settings, MESSAGES), clients=CLIENTS)
                half = load.run(
                    port, _requests(settings, MESSAGES // 2), clients=CLIENTS, rate=full.rate / 2
                )
    return [
        Figure(
            "full path, messages a second (PostgreSQL, one process)",
            f"{full.rate:.0f}/s, {full.failed} failed",
            f"{reference.rate:.0f}/s bare echo",
            full.rate / reference.rate,
            "≥ 0.25",
        ),
        Figure(
            "full path at half load",
            f"p50 {half.percentile(0.5):.1f} ms, p99 {half.percentile(0.99):.1f} ms",
            "",
            None,
            "p99 ≤ 100 ms",
        ),
    ]


def _prepared(folder: Path, address: str) -> Settings:
    settings = demo_settings(folder, "http://127.0.0.1:9", KEYS)
    settings = settings.model_copy(update={"database_url": address})
    parts = wiring.build(settings)
    schema.upgrade(parts.database)
    with parts.working() as desk:
        import_registry(desk, CITY)
    parts.database.close()
    return settings


def _environ(settings: Settings) -> dict[str, str]:
    values = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        text = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        if text not in (None, "") and name != "survey_delay":
            values[PREFIX + name.upper()] = str(text)
    return values


def _warm(port: int, settings: Settings) -> None:
    load.run(port, _requests(settings, 200), clients=4)


def _requests(settings: Settings, count: int) -> list[bytes]:
    """Messages of many residents, really sealed and signed, each with a MsgId of its own."""
    token = settings.wechat_token.get_secret_value()
    crypto = WeChatCrypto(token, KEYS.wechat_aes, settings.wechat_app_id)
    chance = random.Random(7)
    return [_request(crypto, token, settings, chance.choice(TEXTS)) for _ in range(count)]


def _request(crypto: WeChatCrypto, token: str, settings: Settings, text: str) -> bytes:
    number = next(_NUMBERS)
    now = str(int(time.time()))
    xml = (
        f"<xml><ToUserName>{settings.wechat_original_id}</ToUserName>"
        f"<FromUserName>o{number % 500}</FromUserName><CreateTime>{now}</CreateTime>"
        f"<MsgType>text</MsgType><Content>{text}</Content><MsgId>{number}</MsgId></xml>"
    )
    body = crypto.encrypt_message(xml, "n", now).encode()
    sealed = body.split(b"<Encrypt><![CDATA[")[1].split(b"]]>")[0].decode()
    signature = sha1("".join(sorted((token, now, "n", sealed))).encode()).hexdigest()
    plain = sha1("".join(sorted((token, now, "n"))).encode()).hexdigest()
    path = (
        f"/wechat/callback?signature={plain}&timestamp={now}&nonce=n&openid=o{number % 500}"
        f"&encrypt_type=aes&msg_signature={signature}"
    )
    head = f"POST {path} HTTP/1.1\r\nHost: b\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
