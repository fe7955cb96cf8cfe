"""Residents' pages over the small registry, with a browser that knows the form's token."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.bot.access import conftest as access

parts, settings, tables, engine = access.parts, access.settings, access.tables, access.engine
password_hash, app, client, link, ticket = (
    access.password_hash,
    access.app,
    access.client,
    access.link,
    access.ticket,
)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def fill_in(client: FlaskClient) -> Callable[..., Any]:
    """Open a page and send its form: `fill_in(page, "/survey", score="5")`."""

    def send(page: str, path: str = "", **form: str) -> Any:
        token = TOKEN.search(client.get(page).text)[1]
        return client.post(page + path, data={"csrf_token": token} | form)

    return send
