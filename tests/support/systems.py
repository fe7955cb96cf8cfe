"""Another system with a key of ours."""

from dataclasses import dataclass
from typing import Any

import httpx

from bot.access import apikeys
from tests.support.product import Product


@dataclass(frozen=True, slots=True)
class OtherSystem:
    """Calls `/api/v1` and checks the status it expects."""

    http: httpx.Client
    key: str

    def post(self, path: str, body: Any = None, *, status: int = 200) -> dict[str, Any]:
        return self._call("POST", path, status, json={} if body is None else body)

    def get(self, path: str, *, status: int = 200, **query: Any) -> dict[str, Any]:
        return self._call("GET", path, status, params=query)

    def _call(self, method: str, path: str, status: int, **options: Any) -> dict[str, Any]:
        answer = self.raw(method, path, **options)
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        return dict(answer.json())

    def raw(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return self.http.request(method, f"/api/v1/{path}", headers=headers, **options)


def key_for(product: Product, name: str, *scopes: str) -> OtherSystem:
    """A system with the usual scopes, or the ones named."""
    with product.parts.working() as desk:
        key = apikeys.add(desk.session, name, list(scopes) or None, now=desk.now)
    return OtherSystem(product.http, key)
