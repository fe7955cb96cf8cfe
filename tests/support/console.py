"""A member of staff at the console: signed in, sends forms as the page before has them."""

import re
from html import unescape
from typing import Any

import httpx

from bot.access.passwords import set_password
from handlers.grid.models import Staff
from tests.support.product import Product

PASSWORD = "correct horse battery"
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Console:
    """`get` and `post` follow redirects; hidden fields are those of the form on the page."""

    def __init__(self, product: Product, userid: str) -> None:
        with product.parts.working() as desk:
            set_password(desk.session.get_one(Staff, userid), PASSWORD)
        self._http = httpx.Client(
            base_url=product.base, trust_env=False, timeout=30, follow_redirects=True
        )
        self._page = self._http.get("/console/login")
        page = self.post("/console/login", {"username": userid, "password": PASSWORD})
        assert page.url.path != "/console/login", page.text

    def get(self, path: str) -> httpx.Response:
        self._page = self._http.get(path)
        assert self._page.status_code == 200, self._page.text
        return self._page

    def post(self, path: str, form: dict[str, Any]) -> httpx.Response:
        self._page = self._http.post(path, data={**self._hidden(path), **form})
        assert self._page.status_code == 200, self._page.text
        return self._page

    def close(self) -> None:
        self._http.close()

    def _hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of the form that goes to this path, else of any: the token."""
        forms = FORM.findall(self._page.text)
        own = [inner for attributes, inner in forms if f'action="{path}"' in attributes]
        found = HIDDEN.findall("".join(own[:1] or [inner for _, inner in forms]))
        return {name: unescape(value) for name, value in found}
