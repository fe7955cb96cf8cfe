"""What residents send: questions alone, and an evening with all that comes besides.

The evening's shares are a guess for an ordinary one, made of what the issues' cases name; a storm
has more reports and `bench/province.py` computes it.
"""

import itertools
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from wechatpy.crypto import WeChatCrypto

from bot import schema, wiring
from bot.demo_setup import CITY, Keys, demo_settings
from config.settings import PREFIX, Settings
from handlers.registry.importer import import_registry

KEYS = Keys(
    "benchmark-secret-key",
    "benchmark-field-key",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "bcdefghijklmnopqrstuvwxyz0123456789ABCDEFGc",
    "cdefghijklmnopqrstuvwxyz0123456789ABCDEFGHg",
)
PEOPLE = 500
SEED = 7
_NUMBERS = itertools.count(7_000_000_000)


@dataclass(frozen=True, slots=True)
class Kind:
    """Messages alike; `share` counts among the kinds of its mix."""

    share: int
    name: str
    fields: tuple[str, ...]


def _texts(*texts: str) -> tuple[str, ...]:
    return tuple(
        f"<MsgType>text</MsgType><Content>{text}</Content><MsgId>%d</MsgId>" for text in texts
    )


def _event(event: str, key: str) -> str:
    return f"<MsgType>event</MsgType><Event>{event}</Event><EventKey>{key}</EventKey>"


SMALL_TALK = Kind(15, "small talk", _texts("你好", "你会什么", "谢谢师傅"))
GUIDE = Kind(
    30,
    "questions to the guide",
    _texts("电费怎么交", "一度电多少钱", "打雷要不要拔插头", "装充电桩要什么材料", "营业厅在哪里"),
)
QUESTIONS = (Kind(3, "small talk", SMALL_TALK.fields), Kind(5, "questions", GUIDE.fields))
EVENING = (
    SMALL_TALK,
    GUIDE,
    Kind(
        20,
        "whether and until when a place is dark",
        _texts("锦绣江南3栋停电了吗", "印染厂宿舍什么时候来电", "东风新村明天停不停电"),
    ),
    Kind(10, "bills", _texts("查一下这个月电费", "电费怎么比上个月多了")),
    Kind(8, "progress and hurry", _texts("我报的修到哪一步了", "怎么还没人来")),
    Kind(7, "faults", _texts("针织小区1栋家里空开跳闸推不上去", "纺织新苑4栋楼道的电表箱坏了")),
    Kind(
        8,
        "menu, scans and pictures",
        (
            _event("CLICK", "OUTAGES"),
            _event("CLICK", "PROGRESS"),
            _event("SCAN", "community_C0001"),
            "<MsgType>image</MsgType><MediaId>m1</MediaId><MsgId>%d</MsgId>",
        ),
    ),
)


def requests(settings: Settings, mix: Sequence[Kind], count: int) -> list[bytes]:
    """HTTP requests of many residents, really sealed and signed, each a message of its own."""
    seal = _sealing(settings)
    chance = random.Random(SEED)
    kinds = chance.choices(mix, [kind.share for kind in mix], k=count)
    return [seal(chance.choice(kind.fields)) for kind in kinds]


def _sealing(settings: Settings) -> Callable[[str], bytes]:
    token = settings.wechat_token.get_secret_value()
    crypto = WeChatCrypto(token, KEYS.wechat_aes, settings.wechat_app_id)

    def seal(fields: str) -> bytes:
        number, now = next(_NUMBERS), str(int(time.time()))
        openid = f"o{number % PEOPLE}"
        xml = (
            f"<xml><ToUserName>{settings.wechat_original_id}</ToUserName>"
            f"<FromUserName>{openid}</FromUserName>"
            # Events are told apart by sender and time: each is another second.
            f"<CreateTime>{int(now) - number % 10_000}</CreateTime>{fields.replace('%d', str(number))}</xml>"
        )
        body = crypto.encrypt_message(xml, "n", now).encode()
        sealed = body.split(b"<Encrypt><![CDATA[")[1].split(b"]]>")[0].decode()
        path = (
            f"/wechat/callback?signature={_sign(token, now, 'n')}&timestamp={now}&nonce=n"
            f"&openid={openid}&encrypt_type=aes&msg_signature={_sign(token, now, 'n', sealed)}"
        )
        head = f"POST {path} HTTP/1.1\r\nHost: b\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    return seal


def _sign(*parts: str) -> str:
    return sha1("".join(sorted(parts)).encode()).hexdigest()


def prepared(folder: Path, address: str) -> Settings:
    """Settings of a product with the sample city in this PostgreSQL database."""
    settings = demo_settings(folder, "http://127.0.0.1:9", KEYS)
    settings = settings.model_copy(update={"database_url": address})
    parts = wiring.build(settings)
    schema.upgrade(parts.database)
    with parts.working() as desk:
        import_registry(desk, CITY)
    parts.database.close()
    return settings


def environ(settings: Settings) -> dict[str, str]:
    """The variables that say these settings to another process."""
    values = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        text = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        if text not in (None, "") and name != "survey_delay":
            values[PREFIX + name.upper()] = str(text)
    return values
