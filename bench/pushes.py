"""Generated messages of residents, delivered by a platform that repeats itself and meets dead servers."""

import http.client
import random
import threading
import time
from dataclasses import dataclass, field
from hashlib import sha1

import xmltodict
from wechatpy.crypto import WeChatCrypto

from bot.conversation.sorry import TROUBLE
from config.settings import Settings

TRIES = 3  # of the platform (被动回复: 5 seconds each)
SECONDS = 5
PATIENCE = 120.0  # then a message counts as never answered
FIRST_ID = 8_000_000_000
CHAT = ("你好", "电费怎么交", "谢谢师傅", "营业厅在哪里", "装充电桩要什么材料", "打雷要不要拔插头")
PLACES = ("印染厂宿舍2栋", "针织小区1栋", "东风新村7栋", "锦绣江南3栋", "纺织新苑4栋")
REPORT = "{place}家里空开跳闸推不上去"


@dataclass(frozen=True, slots=True)
class Message:
    """The `number`th message: every `reports`th is a fault of somebody who writes nothing else."""

    number: int
    reports: int
    people: int

    @property
    def is_report(self) -> bool:
        return self.number % self.reports == 0

    @property
    def openid(self) -> str:
        return f"oR{self.number}" if self.is_report else f"oC{self.number % self.people}"

    @property
    def text(self) -> str:
        if self.is_report:
            return REPORT.format(place=PLACES[self.number // self.reports % len(PLACES)])
        return CHAT[self.number % len(CHAT)]


@dataclass(slots=True)
class Tally:
    """What happened on the way: `said` is a fingerprint of the first answer to each message."""

    deliveries: int = 0
    late: int = 0
    said: dict[int, int] = field(default_factory=dict)
    differing: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, message: Message, tries: int, answers: list[str]) -> None:
        """`late`: what a resident sees as a fault of the service, three deliveries unanswered."""
        with self.lock:
            self.deliveries += tries
            self.late += tries - len(answers) >= TRIES
            for answer in map(hash, answers):
                if self.said.setdefault(message.number, answer) != answer:
                    self.differing.add(message.number)


class Platform:
    """One thread's connections; delivers a message until it is answered, and some again."""

    def __init__(self, settings: Settings, ports: list[int], seed: int, again: float) -> None:
        token = settings.wechat_token.get_secret_value()
        key = settings.wechat_aes_key.get_secret_value() if settings.wechat_aes_key else ""
        self._crypto = WeChatCrypto(token, key, settings.wechat_app_id)
        self._token, self._receiver = token, settings.wechat_original_id
        self._ports, self._chance, self._again = ports, random.Random(seed), again
        self._lines: dict[int, http.client.HTTPConnection] = {}

    def close(self) -> None:
        for line in self._lines.values():
            line.close()

    def deliver(self, message: Message, tally: Tally) -> None:
        """Until it is answered, as a resident writes again; then perhaps once more."""
        answers: list[str] = []
        end, tries = time.monotonic() + PATIENCE, 0
        while not answers and time.monotonic() < end:
            tries += 1
            if said := self.once(message):
                answers.append(said)
            else:
                time.sleep(min(0.05 * tries, 1.0))
        while answers and self._chance.random() < self._again:
            tries += 1
            if said := self.once(message):
                answers.append(said)
        tally.note(message, tries, answers)

    def once(self, message: Message) -> str | None:
        """One delivery to any server: the words of its answer; None for none, or an apology."""
        port = self._chance.choice(self._ports)
        path, body = self._request(message)
        try:
            line = self._lines.get(port) or http.client.HTTPConnection(
                "127.0.0.1", port, timeout=SECONDS
            )
            self._lines[port] = line
            line.request("POST", path, body, {"Content-Type": "text/xml"})
            response = line.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            if broken := self._lines.pop(port, None):
                broken.close()
            return None
        return self._words(content) if response.status == 200 else None

    def _request(self, message: Message) -> tuple[str, bytes]:
        now, nonce = str(int(time.time())), f"{self._chance.randrange(10**9)}"
        plain = (
            f"<xml><ToUserName>{self._receiver}</ToUserName><FromUserName>{message.openid}"
            f"</FromUserName><CreateTime>{now}</CreateTime><MsgType>text</MsgType>"
            f"<Content>{message.text}</Content><MsgId>{FIRST_ID + message.number}</MsgId></xml>"
        )
        sealed = str(
            xmltodict.parse(self._crypto.encrypt_message(plain, nonce, now))["xml"]["Encrypt"]
        )
        parts = [(self._token, now, nonce), (self._token, now, nonce, sealed)]
        first, second = (sha1("".join(sorted(part)).encode()).hexdigest() for part in parts)
        path = (
            f"/wechat/callback?signature={first}&timestamp={now}&nonce={nonce}"
            f"&openid={message.openid}&encrypt_type=aes&msg_signature={second}"
        )
        body = f"<xml><ToUserName>x</ToUserName><Encrypt>{sealed}</Encrypt></xml>"
        return path, body.encode()

    def _words(self, content: bytes) -> str | None:
        outer = xmltodict.parse(content)["xml"]
        signed = (outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
        inner = xmltodict.parse(self._crypto.decrypt_message(content, *signed))["xml"]
        words = str(inner.get("Content") or "")
        return None if TROUBLE in words else words
