"""What operators ask: alive, ready, how much of everything."""

import hmac
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.parts import Parts
from bot.process_state import ProcessState
from handlers.tickets.models import Ticket
from notifier.models import OutboxMessage, OutboxState

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
    def metrics() -> ResponseReturnValue:
        _allow(parts)
        try:
            text = generate_latest(_figures(parts))
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
    if not hmac.compare_digest(given, token):
        abort(401)


def _figures(parts: Parts) -> CollectorRegistry:
    """Gauges read from the database at each scrape: true for all processes together."""
    registry = CollectorRegistry()
    now = parts.clock.now()
    outbox = Gauge("gridbot_outbox_messages", "Outbox rows by state", ["state"], registry=registry)
    age = Gauge("gridbot_outbox_oldest_seconds", "Age of the oldest due message", registry=registry)
    tickets = Gauge("gridbot_tickets", "Tickets by state", ["state"], registry=registry)
    degraded = Gauge("gridbot_degraded", "1 while the part is missing", ["part"], registry=registry)
    engine = Gauge("gridbot_nlu_engine", "1 for the engine in use", ["engine"], registry=registry)
    with parts.database.reading() as session:
        for state, count in _count(session, OutboxMessage.state):
            outbox.labels(state).set(count)
        for state, count in _count(session, Ticket.state):
            tickets.labels(state).set(count)
        oldest = session.scalar(
            sa.select(sa.func.min(OutboxMessage.due_at)).where(
                OutboxMessage.state == OutboxState.PENDING, OutboxMessage.due_at <= now
            )
        )
    age.set((now - oldest).total_seconds() if oldest else 0)
    missing = degradations(parts)
    for part in ("redis", "rasa", "worker", "wechat", "wecom"):
        degraded.labels(part).set(int(part in missing))
    engine.labels(engine_in_use(parts)).set(1)
    return registry


def _count(session: Any, column: Any) -> list[tuple[str, int]]:
    rows = session.execute(sa.select(column, sa.func.count()).group_by(column)).all()
    return [(row[0], row[1]) for row in rows]
