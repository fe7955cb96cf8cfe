"""A simulator and a product on loopback, and the platform's API as the product calls it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.simulator import SimulatorServer
from bot.simulator.client import SimulatorClient
from tests.bot.simulator.fake_product import WECHAT, WECOM, FakeProduct, config


class Platform:
    """Calls the APIs of both platforms with a token fetched on the way."""

    def __init__(self, base: str) -> None:
        self.http = httpx.Client(base_url=base, trust_env=False, timeout=10)
        self.base = base

    def wechat_token(self) -> str:
        body = {
            "grant_type": "client_credential",
            "appid": WECHAT.app_id,
            "secret": WECHAT.secret,
        }
        return self.http.post("/cgi-bin/stable_token", json=body).json()["access_token"]

    def wecom_token(self) -> str:
        query = {"corpid": WECOM.corp_id, "corpsecret": WECOM.secret}
        return self.http.get("/cgi-bin/gettoken", params=query).json()["access_token"]

    def wechat(self, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
        return self.call(path, body, {"access_token": self.wechat_token(), **query})

    def wecom(self, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
        return self.call(path, body, {"access_token": self.wecom_token(), **query})

    def call(self, path: str, body: dict[str, Any] | None, query: dict[str, str]) -> Any:
        method = "GET" if body is None else "POST"
        return self.http.request(method, f"/cgi-bin/{path}", json=body, params=query).json()


@pytest.fixture
def product() -> Iterator[FakeProduct]:
    product = FakeProduct()
    yield product
    product.close()


@pytest.fixture
def simulator(product: FakeProduct) -> Iterator[SimulatorServer]:
    with SimulatorServer(config(product.url)) as server:
        yield server


@pytest.fixture
def control(simulator: SimulatorServer) -> Iterator[SimulatorClient]:
    with SimulatorClient(simulator.base + "/sim") as client:
        yield client


@pytest.fixture
def platform(simulator: SimulatorServer) -> Iterator[Platform]:
    platform = Platform(simulator.base)
    with platform.http:
        yield platform
