"""The Rasa server as an engine: one HTTP call a sentence, all of them under one time budget."""

import logging
import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import numpy as np

from config.breaker import Breaker, RestingError
from nlu import calibration, features
from nlu.intents import INTENTS, OUT_OF_SCOPE
from nlu.pipeline import Pipeline
from nlu.scorer import Array
from nlu.understanding import Gazetteer, Understanding

BUDGET = timedelta(milliseconds=800)
_WORKERS = 8
_FAILURES = 3  # in a row, after which the server is left alone
_REST = 20  # seconds it is left alone
_COLUMN = {intent: number for number, intent in enumerate(INTENTS)}
_NOTHING = np.array([intent == OUT_OF_SCOPE for intent in INTENTS], np.float32)
_READABLE = re.compile(r"\w")


class RasaError(Exception):
    """The server is late, down, or answers nonsense."""


@dataclass(frozen=True, slots=True)
class Server:
    """Rasa's HTTP surface over kept-alive connections."""

    client: httpx.Client
    token: str

    def parse(self, text: str, seconds: float) -> Array:
        """The probabilities of INTENTS."""
        if not _READABLE.search(text):
            return _NOTHING  # Rasa answers 500 where its tokenizer finds no token
        try:
            answer = self.client.post(
                "/model/parse",
                params={"token": self.token},
                json={"text": text[: features.LONGEST]},
                timeout=max(seconds, 0.001),
            )
            answer.raise_for_status()
            return _scores(answer.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RasaError(type(error).__name__) from error  # its text may hold the token


def _scores(answer: Any) -> Array:
    scores = np.zeros(len(INTENTS), np.float32)
    for entry in answer["intent_ranking"]:
        if entry["name"] in _COLUMN:
            scores[_COLUMN[entry["name"]]] = float(entry["confidence"])
    return scores


@dataclass(frozen=True, slots=True)
class RasaEngine:
    """Raises RasaError when it cannot answer in time; `nlu.cascade` catches it."""

    server: Server
    limits: calibration.Thresholds
    budget: timedelta = BUDGET
    name: str = "rasa"
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_WORKERS, thread_name_prefix="rasa")
    )
    _breaker: Breaker = field(default_factory=lambda: Breaker(_FAILURES, _REST))

    def understand(self, text: str, *, at: datetime, gazetteer: Gazetteer) -> Understanding:
        def ask() -> Understanding:
            return self._understand(text, at, gazetteer)

        try:
            return self._breaker.call(ask, failure=RasaError)
        except RestingError as error:
            raise RasaError("resting") from error

    def close(self) -> None:
        """Let go of the connections; a call that still runs ends by its own time limit."""
        self._pool.shutdown()
        self.server.client.close()

    @property
    def is_resting(self) -> bool:
        return self._breaker.is_resting

    def _understand(self, text: str, at: datetime, gazetteer: Gazetteer) -> Understanding:
        ends = time.monotonic() + self.budget.total_seconds()

        def score(piece: str) -> Array:
            return self.server.parse(piece, ends - time.monotonic())

        pipeline = Pipeline(self.name, score, self.limits)
        # httpx limits each phase of a call, not the whole: a server that drips would take longer.
        late: Future[Understanding] = self._pool.submit(
            pipeline.understand, text, at=at, gazetteer=gazetteer
        )
        try:
            return late.result(self.budget.total_seconds())
        except LateError as error:
            late.cancel()
            raise RasaError("late") from error


def connect(url: str, token: str, *, budget: timedelta = BUDGET) -> RasaEngine:
    """An engine for the server at `url`; nothing is asked of it before the first text."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses, and so the token
    limits = httpx.Limits(max_connections=_WORKERS, max_keepalive_connections=_WORKERS)
    client = httpx.Client(base_url=url, limits=limits, trust_env=False)
    return RasaEngine(Server(client, token), calibration.load("rasa"), budget)
