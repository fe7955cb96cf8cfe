"""What operators ask: alive, ready, how much of everything."""

import hmac
from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.parts import Parts
from bot.process_state import ProcessState

LOOPBACK = {"127.0.0.1", "::1"}
STALE = timedelta(minutes=2)


def blueprint(parts: Parts) -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    @health.get("/readyz")
    def readyz() -> ResponseReturnValue:
        try:
            degraded = degradations(parts)
        except SQLAlchemyError:
            return jsonify(status="no database", degraded=["database"]), 503
        engine = engine_in_use(parts)
        return jsonify(status="degraded" if degraded else "ok", degraded=degraded, nlu=engine)

    @health.get("/metrics")
    def prometheus() -> ResponseReturnValue:
        _allow(parts)
        try:
            text = generate_latest(
                metrics.figures(parts, degradations(parts), engine_in_use(parts))
            )
        except SQLAlchemyError:
            abort(503)
        return Response(text, content_type=CONTENT_TYPE_LATEST)

    return health


def degradations(parts: Parts) -> list[str]:
    """What is missing now: redis, rasa, worker, a platform that refuses us; raises without database."""
    missing = []
    with parts.database.reading() as session:
        states: dict[str, ProcessState] = {
            state.name: state for state in session.scalars(sa.select(ProcessState))
        }
    try:
        parts.redis.ping()
    except (RedisError, OSError):
        missing.append("redis")
    if parts.settings.nlu == "rasa" and engine_in_use(parts) != "rasa":
        missing.append("rasa")
    relay = states.get("relay")
    if relay is None or relay.at < parts.clock.now() - STALE:
        missing.append("worker")
    for platform in ("wechat", "wecom"):
        trouble = states.get(f"platform:{platform}")
        if parts.settings.has(platform) and trouble and trouble.value.get("error"):
            missing.append(platform)
    return missing


def engine_in_use(parts: Parts) -> str:
    """Which engine answers the next message."""
    status = getattr(parts.nlu, "status", None)
    return str(status()) if callable(status) else parts.nlu.name


def _allow(parts: Parts) -> None:
    token = parts.settings.metrics_token.get_secret_value()
    if not token:
        if request.remote_addr not in LOOPBACK:
            abort(403)
        return
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        abort(401)
