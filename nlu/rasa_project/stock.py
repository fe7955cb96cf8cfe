"""Rasa's stock pipeline and the local engine side by side, both trained on one random slice."""

import os
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import httpx
from rich.console import Console

from nlu import calibration, features, local, places, scorer
from nlu.intents import INTENTS
from nlu.normalise import normalise
from nlu.pipeline import Pipeline, Score
from nlu.rasa import Server
from nlu.training import data, evaluate, render, train
from nlu.training.evaluate import Line, Report
from nlu.understanding import Gazetteer, Request, Understanding

SEED = 20
PORT = 5055
_HERE = Path(__file__).resolve().parent
_JUDGED = ("real_manner.jsonl", "imagined.jsonl", "hazards.jsonl", "entities.jsonl")
_PATIENCE = 30.0  # seconds a text: the model is judged, not the machine
_START = 240  # seconds the server may take to load


@dataclass(frozen=True, slots=True)
class Rasa:
    """The `rasa` program and what is around it."""

    program: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, cwd: Path) -> None:
        command = [str(self.program), *arguments]
        subprocess.run(command, cwd=cwd, env=self.environment, check=True)  # noqa: S603

    @contextmanager
    def serving(self, model: Path, cwd: Path) -> Iterator[Server]:
        """The server of a model, ended when no longer needed."""
        token = os.urandom(16).hex()
        command = [
            str(self.program), "run", "--enable-api", "--model", str(model),
            "--interface", "127.0.0.1", "--port", str(PORT), "--auth-token", token,
        ]  # fmt: skip
        process = subprocess.Popen(command, cwd=cwd, env=self.environment)  # noqa: S603
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", trust_env=False) as client:
                _wait(client)
                yield Server(client, token)
        finally:
            process.terminate()
            process.wait(timeout=30)


@dataclass(frozen=True, slots=True)
class Best:
    """The intent with the best score and nothing else: no rules, no thresholds, one wish."""

    score: Score
    name: str

    def understand(self, text: str, *, at: datetime, gazetteer: Gazetteer) -> Understanding:
        del at, gazetteer
        scores = self.score(normalise(text))
        best = int(scores.argmax())
        return Understanding(text, (Request(INTENTS[best], float(scores[best]), text),))


def compare(rasa: Rasa, lines: int) -> None:
    """Train both on the same slice and print how they read the evaluation lines."""
    examples = random.Random(SEED).sample(data.load(), lines)  # noqa: S311 - a slice, no secret
    judged = [
        replace(line, entities=None)  # of intents alone: the slice has none, nor has DIET then
        for name in _JUDGED
        for line in evaluate.load(_HERE.parent / "evaluation" / name)
    ]
    reports = {**_stock(rasa, examples, judged), **_local(examples, judged)}
    Console(width=110).print(render.compare(reports))


def _stock(
    rasa: Rasa, examples: Sequence[data.Example], judged: Sequence[Line]
) -> dict[str, Report]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "nlu.yml", examples)
        started = time.monotonic()
        rasa.run(
            "train", "nlu", "--config", str(_HERE / "stock.yml"), "--nlu", "nlu.yml",
            "--domain", str(_HERE / "domain.yml"), "--out", ".", "--fixed-model-name", "stock",
            cwd=folder,
        )  # fmt: skip
        print(f"stock: {len(examples)} examples, {time.monotonic() - started:.0f} s")  # noqa: T201
        with rasa.serving(folder / "stock.tar.gz", folder) as server:
            return _reports("stock", lambda text: server.parse(text, _PATIENCE), "rasa", judged)


def _local(examples: Sequence[data.Example], judged: Sequence[Line]) -> dict[str, Report]:
    trained = train.fit(examples, fingerprint="slice")
    print(f"local: {trained}")  # noqa: T201
    scores = scorer.Scorer(trained.model, features.tokenizer())
    return _reports("local", scores.probabilities, "local", judged)


def _reports(name: str, score: Score, thresholds: str, judged: Sequence[Line]) -> dict[str, Report]:
    """The bare model, and the model in our path with its rules, thresholds and entities."""
    path = local.LocalEngine(Pipeline(name, score, calibration.load(thresholds)), name)
    nowhere = places.build([])
    return {
        name: evaluate.evaluate(judged, Best(score, name), nowhere),
        f"{name} + rules": evaluate.evaluate(judged, path, nowhere),
    }


def write(path: Path, examples: Sequence[data.Example]) -> int:
    """Examples as the engine will be asked, normalised, in Rasa's format; their number."""
    texts: dict[str, list[str]] = {}
    for example in examples:
        texts.setdefault(example.intent, []).append(normalise(example.text))
    path.parent.mkdir(exist_ok=True)
    blocks = ['version: "3.1"', "nlu:"]
    for intent, said in sorted(texts.items()):
        blocks += [f"- intent: {intent}", "  examples: |"]
        blocks += [f"    - {text}" for text in dict.fromkeys(said) if text]
    path.write_text("\n".join(blocks) + "\n", encoding="utf-8")
    return sum(map(len, texts.values()))


def _wait(client: httpx.Client) -> None:
    until = time.monotonic() + _START
    while True:
        try:
            client.get("/", timeout=2)
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(1)
        else:
            return
