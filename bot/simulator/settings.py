"""What one simulator is told at its start: the product's address and the accounts it plays."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Mode(StrEnum):
    """How the Official Account's pushes are protected (its console's 消息加解密方式)."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class BodyFormat(StrEnum):
    """What the Official Account's pushes are written in; the console offers both since 2025."""

    XML = "xml"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatAccount:
    app_id: str
    original_id: str
    secret: str
    token: str
    aes_key: str = ""
    mode: Mode = Mode.SAFE


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComApp:
    corp_id: str
    agent_id: int
    secret: str
    token: str
    aes_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AiBot:
    token: str
    aes_key: str
    name: str = "用电小助手"
    bot_id: str = "aibSimulated"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorConfig:
    """All of it fixed for a run; what tests turn while it runs are switches of the control API.

    `public_base` is the simulator's own address as the product reaches it, `city` a folder with
    staff.csv and groups.csv. In an open world members, groups and residents spring up when they
    are first addressed; in a closed one the platform refuses whom it does not know.
    """

    product_url: str
    wechat: WeChatAccount
    wecom: WeComApp
    aibot: AiBot
    public_base: str = ""
    city: Path | None = None
    open_world: bool = True
    clock: Callable[[], float] = time.time
    callback_timeout: float = 5.0
    retry_after: float = 5.0
    stream_poll: float = 1.0
    journal_limit: int = 5000


def accounts(environ: Mapping[str, str]) -> tuple[WeChatAccount, WeComApp, AiBot]:
    """Read the three accounts from the product's own variables; a missing one is a KeyError."""
    aes_key = environ.get("GRIDBOT_WECHAT_AES_KEY", "")
    wechat = WeChatAccount(
        app_id=environ["GRIDBOT_WECHAT_APP_ID"],
        original_id=environ["GRIDBOT_WECHAT_ORIGINAL_ID"],
        secret=environ["GRIDBOT_WECHAT_SECRET"],
        token=environ["GRIDBOT_WECHAT_TOKEN"],
        aes_key=aes_key,
        mode=Mode.SAFE if aes_key else Mode.PLAIN,
    )
    wecom = WeComApp(
        corp_id=environ["GRIDBOT_WECOM_CORP_ID"],
        agent_id=int(environ["GRIDBOT_WECOM_AGENT_ID"]),
        secret=environ["GRIDBOT_WECOM_SECRET"],
        token=environ["GRIDBOT_WECOM_TOKEN"],
        aes_key=environ["GRIDBOT_WECOM_AES_KEY"],
    )
    bot = AiBot(token=environ["GRIDBOT_AIBOT_TOKEN"], aes_key=environ["GRIDBOT_AIBOT_AES_KEY"])
    return wechat, wecom, bot
