"""Delivery of the outbox against a bare RQ worker and a plain loop making the same HTTP calls."""

import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import sqlalchemy as sa
from rq import Queue, SimpleWorker

from bench.figures import Figure
from bot.worker import Worker
from config import tables
from config.ciphers import FieldCipher
from config.clock import Clock
from config.database import Base, Database
from config.redis import EmbeddedRedis
from notifier.channels.wecom_webhook import WeComWebhook
from notifier.delivery import Delivery
from notifier.models import Channel, OutboxMessage, OutboxState
from notifier.outbox import Outgoing, put
from tests.support.workers import WorkerParts

MESSAGES, LATENCY, THREADS = 1600, 0.02, 8
LOOK = 0.05


class Platform(BaseHTTPRequestHandler):
    """Takes 20 ms for each call, as a platform does."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(LATENCY)
        body = b'{"errcode":0,"errmsg":"ok"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Client:
    """The least that the channel needs."""

    def __init__(self, base: str) -> None:
        self._http = httpx.Client(base_url=base)

    def send_webhook(self, key: str, text: str) -> None:
        self._http.post("/send", params={"key": key}, json={"text": text}).raise_for_status()


def post(base: str) -> None:
    """The job of the bare worker; its connection stays open, as ours do."""
    _client(base).send_webhook("k", "停电通知")


@cache
def _client(base: str) -> Client:
    return Client(base)


def run() -> list[Figure]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    plain, bare, ours = _plain(base), _bare(base), _ours(base)
    server.shutdown()
    return [
        Figure(
            "delivery, messages a second",
            f"{ours:.0f}/s",
            f"{bare:.0f}/s bare RQ",
            ours / bare,
            "≥ 0.7",
        ),
        Figure(
            "delivery against a plain loop of 8 threads",
            f"{ours:.0f}/s",
            f"{plain:.0f}/s plain loop",
            ours / plain,
            "≥ 0.7",
        ),
    ]


def _plain(base: str) -> float:
    client = Client(base)
    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda n: client.send_webhook(f"k{n}", "停电通知"), range(MESSAGES)))
    return MESSAGES / (time.perf_counter() - began)


def _bare(base: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedRedis(Path(folder))
        server.ensure()
        client = server.client()
        queue = Queue("bench", connection=client)
        count = MESSAGES // 8
        for _ in range(count):
            queue.enqueue(post, base)
        began = time.perf_counter()
        SimpleWorker([queue], connection=client).work(burst=True, logging_level="ERROR")
        rate = count / (time.perf_counter() - began)
        server.release()
    return rate


def _ours(base: str) -> float:
    """Relay, Redis and worker as they run in service."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(
            f"sqlite:///{folder}/bench.sqlite3", FieldCipher(("benchmark-field-key",))
        )
        Base.metadata.create_all(database.engine)
        limits = tables.load().channels
        sender = WeComWebhook(Client(base), limits.wecom.text_bytes)
        delivery = Delivery(
            database, {Channel.WECOM_WEBHOOK: sender}, limits, Clock(), threads=THREADS
        )
        server = EmbeddedRedis(Path(folder))
        server.ensure()
        worker = Worker(WorkerParts(database, delivery), server, {})
        now = datetime.now(UTC)
        with database.scope() as session:
            rows = [
                Outgoing(Channel.WECOM_WEBHOOK, f"k{n}", "bench", {"text": "停电通知"}, f"b{n}")
                for n in range(MESSAGES)
            ]
            put(session, rows, now=now)
        began = time.perf_counter()
        worker.start()
        while _unsent(database):
            time.sleep(LOOK)
        rate = MESSAGES / (time.perf_counter() - began)
        worker.stop()
        server.release()
        database.close()
    return rate


def _unsent(database: Database) -> int:
    with database.reading() as session:
        waiting = sa.select(sa.func.count()).where(OutboxMessage.state != OutboxState.SENT)
        return session.scalar(waiting) or 0
