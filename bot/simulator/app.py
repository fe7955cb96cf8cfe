"""The simulator as one Flask application, at home under `/` and under `/sim`."""

from typing import Any

from flask import Flask, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bot.simulator import media_api, oauth
from bot.simulator.control import (
    faults,
    groups,
    journal,
    members,
    residents,
    storms,
    switches,
    tally,
)
from bot.simulator.gateway import Table, Tables, gateway
from bot.simulator.pages import pages
from bot.simulator.parts.world import World
from bot.simulator.settings import SimulatorConfig
from bot.simulator.wechat import account, mass, messages, subscriptions, templates, tokens
from bot.simulator.wecom import aibot, appchat, customers, people, webhook
from bot.simulator.wecom import messages as wecom_messages

WECHAT: Table = {
    **tokens.TABLE,
    **messages.TABLE,
    **templates.TABLE,
    **subscriptions.TABLE,
    **mass.TABLE,
    **account.TABLE,
    **media_api.WECHAT,
    **oauth.WECHAT,
}
WECOM: Table = {
    **people.TABLE,
    **wecom_messages.TABLE,
    **webhook.TABLE,
    **appchat.TABLE,
    **customers.TABLE,
    **aibot.TABLE,
    **media_api.WECOM,
    **oauth.WECOM,
}
BLUEPRINTS = (
    gateway,
    oauth.oauth,
    residents.control,
    members.control,
    groups.control,
    journal.control,
    faults.control,
    switches.control,
    storms.control,
    tally.control,
    pages,
)
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
)


def create_simulator(config: SimulatorConfig) -> Flask:
    """Build one platform with a memory of its own.

    Everything answers both at the root (`/cgi-bin/…`, `/api/…`) and below `/sim`, so the same
    object serves alone on a port and mounted in the product at `/sim`.
    """
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    world = World(config)
    app.extensions["simulator"] = world
    app.extensions["simulator.tables"] = Tables(WECHAT, WECOM)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.after_request(_guard)
    inner: Any = app.wsgi_app
    app.wsgi_app = DispatcherMiddleware(inner, {"/sim": inner})  # type: ignore[method-assign]
    return app


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
