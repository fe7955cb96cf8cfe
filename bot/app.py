"""The web application: the pages' Flask app, and before it the platforms' doors."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface, SessionMixin
from flask_compress import Compress

from bot import health
from bot.access import headers, incoming
from bot.access.headers import nosniff
from bot.access.proxies import BehindProxy
from bot.api import views as api
from bot.callbacks import aibot, wechat, wecom
from bot.console import views as console
from bot.dashboard import views as dashboard
from bot.h5 import views as h5
from bot.parts import Parts
from bot.platforms import envelope

CALLBACKS = frozenset([wechat.PATH, wecom.PATH, aibot.PATH])
MAX_BODY = 25 * 1024 * 1024


def create_app(parts: Parts) -> Flask:
    """Wire the surfaces; a platform that is not set up has no callback (404)."""
    app = Flask("bot", static_folder="static", static_url_path="/static")
    app.secret_key = parts.settings.secret_key.get_secret_value()
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=parts.settings.public_url.startswith("https://"),
        SEND_FILE_MAX_AGE_DEFAULT=86400,
        WTF_CSRF_TIME_LIMIT=None,  # a form lives as long as its session: words are not lost
    )
    incoming.protect(app)
    Compress(app)
    app.after_request(_close_file)  # runs before the compression, which forgets the file
    doors = create_doors(parts)
    app.wsgi_app = Doors(doors, BehindProxy(app.wsgi_app))  # type: ignore[method-assign, assignment]
    for surface in (health, console, h5, dashboard, api):
        app.register_blueprint(surface.blueprint(parts))
    headers.protect(app)
    app.after_request(_no_cache)

    @app.url_defaults
    def version(endpoint: str, values: dict[str, object]) -> None:
        """A changed file has another address, so that nobody sees yesterday's."""
        if endpoint == "static" and app.static_folder is not None:
            path = Path(app.static_folder) / str(values.get("filename"))
            values["v"] = int(path.stat().st_mtime) if path.is_file() else 0

    return app


def create_doors(parts: Parts) -> Flask:
    """The platforms' callbacks: no session, no forms, none of what only pages need."""
    app = Flask("bot.callbacks", static_folder=None)
    app.session_interface = NoSession()
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.after_request(nosniff)
    respond = parts.engine.respond
    settings = parts.settings
    if settings.has("wechat"):
        opened = envelope.of_wechat(settings)
        app.register_blueprint(wechat.blueprint(opened, respond, parts.clock))
    if settings.has("wecom"):
        opened = envelope.of_wecom(settings)
        app.register_blueprint(wecom.blueprint(opened, respond, parts.clock))
    if settings.has("aibot"):
        opened = envelope.of_aibot(settings)
        app.register_blueprint(aibot.blueprint(opened, respond, parts.clock))
    return app


class NoSession(SessionInterface):
    """Nobody is signed in at a door: its callers prove themselves by signatures."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Nothing to open."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to keep."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Sends the platforms' pushes past everything that is made for pages."""

    doors: Flask
    pages: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        is_push = environ.get("PATH_INFO") in CALLBACKS
        return self.doors.wsgi_app(environ, start) if is_push else self.pages(environ, start)


def _close_file(response: Response) -> Response:
    """Close a static file with its answer, also where its bytes are compressed on the way."""
    if response.is_streamed and (close := getattr(response.response, "close", None)) is not None:
        response.call_on_close(close)
    return response


def _no_cache(response: Response) -> Response:
    """Pages show people's matters: nothing but static files is kept by anyone."""
    if not request.path.startswith("/static/") and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
