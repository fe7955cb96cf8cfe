"""The local engine's parses a second against the Rasa server's, where one is running."""

import os
import time
from datetime import datetime
from pathlib import Path

import httpx

from bench.figures import Figure
from config.clock import CHINA
from nlu import local, places
from nlu.training.evaluate import load as load_lines

LINES = Path(local.__file__).parent / "evaluation" / "imagined.jsonl"
SECONDS = 5.0


def run() -> list[Figure]:
    texts = [line.text for line in load_lines(LINES)]
    ours = _local(texts)
    theirs = _rasa(texts)
    return [
        Figure(
            "parses a second, one core",
            f"{ours:.0f}/s local",
            f"{theirs:.0f}/s Rasa" if theirs else "no Rasa server at GRIDBOT_RASA_URL",
            ours / theirs if theirs else None,
            "≥ 20",
        )
    ]


def _local(texts: list[str]) -> float:
    engine, nowhere = local.load(), places.build([])
    at = datetime.now(CHINA)
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        engine.understand(texts[count % len(texts)], at=at, gazetteer=nowhere)
        count += 1
    return count / (time.perf_counter() - began)


def _rasa(texts: list[str]) -> float | None:
    url = os.environ.get("GRIDBOT_RASA_URL", "http://127.0.0.1:5005")
    token = os.environ.get("GRIDBOT_RASA_TOKEN", "")
    with httpx.Client(base_url=url, params={"token": token}, timeout=10) as client:
        try:
            client.get("/status").raise_for_status()
        except httpx.HTTPError:
            return None
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < SECONDS:
            client.post("/model/parse", json={"text": texts[count % len(texts)]})
            count += 1
        return count / (time.perf_counter() - began)
