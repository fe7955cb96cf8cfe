"""The page of a year's bills: whole, without inline script, and only while it is one's own."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

import bot
from bot.h5 import bills
from handlers.customers import service
from handlers.tickets.models import ShortLink
from tests.support.desks import NOW


@pytest.fixture
def app():
    made = Flask("bot", root_path=str(Path(bot.__file__).parent), static_url_path="/static")
    with made.test_request_context():
        yield made


def _link(customer, *, openid="o1", age=timedelta(0)):
    return ShortLink(
        token="t",
        purpose="bills",
        record=str(customer.id),
        openid=openid,
        created_at=NOW - age,
        expires_at=NOW + timedelta(days=30),
    )


def test_the_page_shows_balance_tier_chart_and_every_month(app, desk, zhang):
    html = bills.page(desk, _link(zhang))
    assert "余额249.28元" in html
    assert 'value="2313" max="4200"' in html
    data = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html)[1])
    assert data["kwh"][-1] == 182
    assert data["valley"][-1] == 88
    assert html.count("已交</td>") == 10


def test_the_page_names_nobody_in_full_and_runs_no_inline_script(app, desk, zhang):
    html = bills.page(desk, _link(zhang))
    assert "369***6192" in html
    for secret in ("3699246192", "张建国", "19900007716", "501"):
        assert secret not in html
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", html) == []
    assert "style=" not in html


def test_what_is_owed_is_marked(app, desk, li):
    html = bills.page(desk, _link(li))
    assert "欠费240.00元" in html
    assert html.count("11-25 前") == 1
    assert "peak" not in html


def test_the_page_closes_when_the_account_is_unbound(app, desk, zhang):
    service.unbind(desk, "o1", zhang.id)
    assert "余额" in bills.page(desk, _link(zhang))
    with pytest.raises(NotFound):
        bills.page(desk, _link(zhang, age=timedelta(days=2)))
