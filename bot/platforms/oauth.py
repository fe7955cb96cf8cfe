"""Who opened a page: web authorization of residents (Official Account) and staff (WeCom)."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

import httpx

from bot.platforms.api import TokenApi
from bot.platforms.errors import NEVER, WECHAT, PlatformRefusedError
from bot.platforms.http import Api
from bot.platforms.wecom import WeComClient
from config.settings import Settings

AUTHORIZE = "/connect/oauth2/authorize?"
ENDING = "#wechat_redirect"
INVALID_CODE = 40029


@dataclass(frozen=True, slots=True)
class WeChatOAuth:
    app_id: str
    secret: str
    oauth_base: str
    api: Api

    @classmethod
    def of(cls, settings: Settings, client: httpx.Client) -> Self:
        api = Api(settings.wechat_api_base, client, WECHAT)
        secret = settings.wechat_secret.get_secret_value()
        return cls(settings.wechat_app_id, secret, settings.wechat_oauth_base, api)

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Where to send a resident; he comes back to `redirect_uri` with `code` and `state`."""
        return _authorize_url(self.oauth_base, self.app_id, redirect_uri, state)

    def openid(self, code: str) -> str:
        """Who has come back; raises PlatformRefusedError for a wrong, old or used code.

        In a page's snapshot mode (快照页) the openid is a made-up one, which counts as refused.
        """
        answer = self.api.get(
            "sns/oauth2/access_token",
            appid=self.app_id,
            secret=self.secret,
            code=code,
            grant_type="authorization_code",
        )
        if answer.get("is_snapshotuser") or not answer.get("openid"):
            raise PlatformRefusedError("a snapshot's visitor has no openid", INVALID_CODE, NEVER)
        return str(answer["openid"])


@dataclass(frozen=True, slots=True)
class WeComOAuth:
    corp_id: str
    agent_id: int
    oauth_base: str
    api: TokenApi

    @classmethod
    def of(cls, settings: Settings, client: WeComClient) -> Self:
        base = settings.wecom_oauth_base
        return cls(settings.wecom_corp_id, client.agent_id, base, client.api)

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Where to send a member of staff who opens the console inside WeCom."""
        return _authorize_url(self.oauth_base, self.corp_id, redirect_uri, state, self.agent_id)

    def userid(self, code: str) -> str:
        """Who has come back; raises PlatformRefusedError also for someone outside the company."""
        answer = self.api.get("cgi-bin/auth/getuserinfo", code=code)
        if not answer.get("userid"):
            raise PlatformRefusedError("not a member of the company", INVALID_CODE, NEVER)
        return str(answer["userid"])


def _authorize_url(
    base: str, appid: str, redirect_uri: str, state: str, agent_id: int | None = None
) -> str:
    """The order of the parameters matters to the client (网页授权)."""
    query: dict[str, str | int] = {
        "appid": appid,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    if agent_id is not None:
        query["agentid"] = agent_id
    return base + AUTHORIZE + urlencode(query) + ENDING
