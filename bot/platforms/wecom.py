"""What we ask of WeCom's API: messages to staff, internal groups, members."""

from dataclasses import dataclass
from typing import Any, Self

import httpx
import redis

from bot.platforms import cards
from bot.platforms.api import TokenApi
from bot.platforms.errors import NEVER, WECOM, PlatformRefusedError
from bot.platforms.http import Answer, Api, Media
from bot.platforms.texts import BYTES, cut_bytes
from bot.platforms.tokens import TokenProvider
from bot.platforms.wechat import issued, token_name
from bot.platforms.wecom_groups import CustomerGroups
from config.settings import Settings

MARKDOWN_BYTES = 4096  # of a webhook's message
NOBODY = 81013  # 全部接收人无权限或不存在


@dataclass(frozen=True, slots=True)
class WeComClient(CustomerGroups):
    """The application's client; messages to customer groups are in `CustomerGroups`."""

    agent_id: int

    @classmethod
    def of(cls, settings: Settings, client: httpx.Client, shared: redis.Redis | None) -> Self:
        """The client of the configured application; processes share its token in `shared`."""
        api = Api(settings.wecom_api_base, client, WECOM)
        corp_id, secret = settings.wecom_corp_id, settings.wecom_secret.get_secret_value()

        def fetch(*, force: bool) -> tuple[str, float]:
            """Never forced: gettoken gives the same token for as long as it holds."""
            return issued(api.get("cgi-bin/gettoken", corpid=corp_id, corpsecret=secret))

        tokens = TokenProvider(token_name(corp_id, secret), fetch, shared)
        return cls(TokenApi(api, tokens), settings.wecom_agent_id or 0)

    def send_text(self, userid: str, text: str) -> str:
        content = cut_bytes(text, BYTES)
        return str(self._send(userid, {"msgtype": "text", "text": {"content": content}})["msgid"])

    def send_card(self, userid: str, card: dict[str, Any], task_id: str) -> tuple[str, str]:
        """A template card: (msgid, response_code). What can be no card goes as a text, code ''."""
        built = cards.build(card, task_id)
        if built is None:
            return self.send_text(userid, cards.words(card)), ""
        answer = self._send(userid, {"msgtype": "template_card", "template_card": built})
        return str(answer["msgid"]), str(answer.get("response_code", ""))

    def update_card(self, userids: list[str], response_code: str, done_text: str) -> None:
        """Put these words on the button of a sent card: once for each code, within 72 hours."""
        body = {
            "userids": userids,
            "agentid": self.agent_id,
            "response_code": response_code,
            "button": {"replace_name": done_text},
        }
        self.api.post("cgi-bin/message/update_template_card", body)

    def send_webhook(self, key: str, text: str) -> None:
        """To an internal group, 20 a minute; needs no token, so its key is the secret."""
        self._send_webhook(key, {"msgtype": "text", "text": {"content": cut_bytes(text, BYTES)}})

    def send_webhook_markdown(self, key: str, text: str) -> None:
        content = cut_bytes(text, MARKDOWN_BYTES)
        self._send_webhook(key, {"msgtype": "markdown", "markdown": {"content": content}})

    def send_appchat(self, chatid: str, text: str) -> str:
        """To a group that this application made; the platform gives no id for it."""
        content = {"content": cut_bytes(text, BYTES)}
        body = {"chatid": chatid, "msgtype": "text", "text": content, "safe": 0}
        return str(self.api.post("cgi-bin/appchat/send", body).get("msgid", ""))

    def media(self, media_id: str) -> Media:
        return self.api.download("cgi-bin/media/get", media_id=media_id)

    def user(self, userid: str) -> Answer:
        return self.api.get("cgi-bin/user/get", userid=userid)

    def check(self) -> None:
        """Raise ChannelError unless the platform gives us a token."""
        self.api.tokens.token()

    def _send(self, userid: str, content: Answer) -> Answer:
        """To one member; an answer that names him as invalid is a refusal, though errcode is 0."""
        body = {"touser": userid, "agentid": self.agent_id, **content}
        answer = self.api.post("cgi-bin/message/send", body)
        if answer.get("invaliduser"):
            raise PlatformRefusedError(
                "the member is not in the application's scope", NOBODY, NEVER
            )
        return {"msgid": "", **answer}

    def _send_webhook(self, key: str, body: Answer) -> None:
        self.api.api.post("cgi-bin/webhook/send", body, key=key.rpartition("key=")[2])
