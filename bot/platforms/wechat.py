"""What we ask of the Official Account's API."""

import hashlib
from dataclasses import dataclass
from typing import Any, Self

import httpx
import redis

from bot.platforms.api import TokenApi
from bot.platforms.errors import WECHAT, PlatformUnreachableError
from bot.platforms.http import Answer, Api, Media
from bot.platforms.texts import BYTES, cut_bytes
from bot.platforms.tokens import TokenProvider
from config.settings import Settings

LONGEST_QR = 2_592_000  # seconds; a code without expiry counts among 100 000
TYPING, NOT_TYPING = "Typing", "CancelTyping"


@dataclass(frozen=True, slots=True)
class QRCode:
    """`url` is what the code says: whoever prints it draws it from that."""

    ticket: str
    url: str


@dataclass(frozen=True, slots=True)
class WeChatClient:
    api: TokenApi

    @classmethod
    def of(cls, settings: Settings, client: httpx.Client, shared: redis.Redis | None) -> Self:
        """The client of the configured account; `shared` is where processes share its token."""
        api = Api(settings.wechat_api_base, client, WECHAT)
        app_id, secret = settings.wechat_app_id, settings.wechat_secret.get_secret_value()

        def fetch(*, force: bool) -> tuple[str, float]:
            return fetch_stable_token(api, app_id, secret, force=force)

        return cls(TokenApi(api, TokenProvider(token_name(app_id, secret), fetch, shared)))

    def send_text(self, openid: str, text: str, *, is_ai: bool = False) -> str:
        """A customer-service text; the platform gives no id for it. `is_ai` marks it as such."""
        body: Answer = {"msgtype": "text", "text": {"content": cut_bytes(text, BYTES)}}
        if is_ai:
            body["aimsgcontext"] = {"is_ai_msg": 1}
        return self._send(openid, body)

    def send_menu(
        self, openid: str, head: str, items: list[tuple[str, str]], tail: str = ""
    ) -> str:
        """A text with items to tap, each (id, words); a tap comes back with `bizmsgmenuid`."""
        menu = {
            "head_content": head,
            "list": [{"id": key, "content": words} for key, words in items],
            "tail_content": tail,
        }
        return self._send(openid, {"msgtype": "msgmenu", "msgmenu": menu})

    def show_typing(self, openid: str, *, is_typing: bool = True) -> None:
        command = TYPING if is_typing else NOT_TYPING
        self.api.post("cgi-bin/message/custom/typing", {"touser": openid, "command": command})

    def send_template(
        self, openid: str, template_id: str, url: str, data: dict[str, str], client_msg_id: str
    ) -> str:
        """A template message; returns the msgid that TEMPLATESENDJOBFINISH will name.

        The same openid and client_msg_id are sent once within ten minutes.
        """
        body: Answer = {
            "touser": openid,
            "template_id": template_id,
            "client_msg_id": client_msg_id,
            "data": {name: {"value": value} for name, value in data.items()},
        }
        if url:
            body["url"] = url
        return str(self.api.post("cgi-bin/message/template/send", body).get("msgid", ""))

    def create_menu(self, buttons: list[dict[str, Any]]) -> None:
        self.api.post("cgi-bin/menu/create", {"button": buttons})

    def create_qrcode(self, scene: str, *, seconds: int | None = None) -> QRCode:
        """A code of a scene (1–64 characters); without `seconds` it is good for ever."""
        body: Answer = {
            "action_name": "QR_STR_SCENE" if seconds else "QR_LIMIT_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        if seconds:
            body["expire_seconds"] = min(seconds, LONGEST_QR)
        answer = self.api.post("cgi-bin/qrcode/create", body)
        return QRCode(str(answer.get("ticket", "")), str(answer.get("url", "")))

    def media(self, media_id: str) -> Media:
        return self.api.download("cgi-bin/media/get", media_id=media_id)

    def user(self, openid: str) -> Answer:
        """The follower: `subscribe`, `unionid`, `subscribe_scene`, `qr_scene_str` …, no name."""
        return self.api.get("cgi-bin/user/info", openid=openid, lang="zh_CN")

    def check(self) -> None:
        """Raise ChannelError unless the platform gives us a token."""
        self.api.tokens.token()

    def _send(self, openid: str, body: Answer) -> str:
        self.api.post("cgi-bin/message/custom/send", {"touser": openid, **body})
        return ""


def fetch_stable_token(api: Api, app_id: str, secret: str, *, force: bool) -> tuple[str, float]:
    """Normal mode gives every caller the same token, so no process spoils another's."""
    body = {
        "grant_type": "client_credential",
        "appid": app_id,
        "secret": secret,
        "force_refresh": force,
    }
    return issued(api.post("cgi-bin/stable_token", body))


def issued(answer: Answer) -> tuple[str, float]:
    """The token and its seconds out of a platform's answer."""
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(seconds, int | float):
        raise PlatformUnreachableError("no access_token in the answer")
    return token, float(seconds)


def token_name(app_id: str, secret: str) -> str:
    """Under which a token is shared: another secret is another application (at WeCom) or account."""
    return f"{app_id}:{hashlib.sha256(secret.encode()).hexdigest()[:12]}"
