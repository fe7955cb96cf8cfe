"""A scripted platform, an HTTP client, and settings that point at it."""

from collections.abc import Iterator

import httpx
import pytest

from bot.platforms.http import new_client
from config.settings import Settings
from tests.support import loopback
from tests.support.loopback import Loopback


@pytest.fixture
def platform() -> Iterator[Loopback]:
    with loopback.running() as server:
        yield server


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with new_client(httpx.Timeout(2.0)) as client:
        yield client


@pytest.fixture
def settings(platform: Loopback) -> Settings:
    return Settings.model_validate({
        "public_url": "https://power.example.cn", "secret_key": "s" * 16, "field_key": "f" * 16,
        "wechat_app_id": "wx0123456789abcdef", "wechat_original_id": "gh_1",
        "wechat_secret": "wechat-secret", "wechat_token": "t", "wechat_api_base": platform.base,
        "wecom_corp_id": "ww0123456789abcdef", "wecom_agent_id": 1000002,
        "wecom_secret": "wecom-secret", "wecom_token": "t", "wecom_api_base": platform.base,
    })  # fmt: skip
