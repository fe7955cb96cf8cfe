"""An HTTP client and settings for the one test here that calls a platform."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from bot.platforms.http import new_client
from config.settings import Settings
from tests.support.wire import CORP_ID


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with new_client() as client:
        yield client


@pytest.fixture
def settings_at() -> Callable[[str], Settings]:
    def at(base: str) -> Settings:
        return Settings.model_validate({
            "public_url": "https://power.example.cn", "secret_key": "s" * 16,
            "field_key": "f" * 16, "wecom_corp_id": CORP_ID, "wecom_agent_id": 1000002,
            "wecom_secret": "s", "wecom_token": "t", "wecom_api_base": base,
        })  # fmt: skip

    return at
