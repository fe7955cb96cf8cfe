"""Set up, train and serve Rasa in its own Python 3.10 environment: `python manage.py --help`."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENVIRONMENT = ROOT / ".rasa-venv"
RASA = ENVIRONMENT / "bin" / "rasa"
REQUIREMENTS = HERE / "requirements.txt"
SHORT = 80  # examples of each intent in a short training
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def main(arguments: Sequence[str] | None = None) -> int:
    sys.path.insert(0, str(ROOT))
    options = _parser().parse_args(arguments)
    steps = {"setup": _setup, "train": _train, "serve": _serve, "test": _test, "stock": _stock}
    return steps[options.step](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("setup", help="make .rasa-venv from requirements.txt")
    train = steps.add_parser("train", help="train on nlu/data")
    serve = steps.add_parser("serve", help="serve on loopback; the token is GRIDBOT_RASA_TOKEN")
    test = steps.add_parser("test", help="train, serve, run the tests marked rasa")
    stock = steps.add_parser("stock", help="compare Rasa's stock pipeline with the local engine")
    stock.add_argument("--lines", type=int, default=1000, help="examples both are trained on")
    for step in (train, test):
        step.add_argument("--short", action="store_true", help=f"{SHORT} examples of each intent")
    for step in (serve, test):
        step.add_argument("--port", type=int, default=5005)
    return parser


def _setup(_: argparse.Namespace) -> int:
    stamp = ENVIRONMENT / "locked.txt"
    locked = REQUIREMENTS.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == locked:
        return 0
    python = _python()
    if python is None:
        sys.exit("Rasa needs Python 3.10: `pyenv install 3.10` or `uv python install 3.10`")
    _run([python, "-m", "venv", "--clear", str(ENVIRONMENT)])
    pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    _run([*pip, "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS)])
    stamp.write_text(locked, encoding="utf-8")
    return 0


def _python() -> str | None:
    """A Python 3.10: on the path, of pyenv, or of uv."""
    for candidate in _candidates():
        code = "import sys; print(sys.version_info[:2] == (3, 10))"
        try:
            answer = subprocess.run(  # noqa: S603
                [candidate, "-c", code], capture_output=True, text=True, check=False
            )
        except OSError:
            continue
        if answer.stdout.strip() == "True":
            return candidate
    return None


def _candidates() -> Iterator[str]:
    if found := shutil.which("python3.10"):
        yield found
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from (str(path / "bin" / "python") for path in sorted(versions.glob("3.10*")))
    if uv := shutil.which("uv"):
        answer = subprocess.run(  # noqa: S603
            [uv, "python", "find", "3.10"], capture_output=True, text=True, check=False
        )
        yield from answer.stdout.split("\n")[:1]


def _train(options: argparse.Namespace) -> int:
    _setup(options)
    started = time.monotonic()
    lines = write_examples(HERE / "data" / "nlu.yml", short=options.short)
    models = HERE / "models"
    shutil.rmtree(models, ignore_errors=True)
    _rasa(
        "train", "nlu", "--config", "config.yml", "--domain", "domain.yml", "--nlu", "data",
        "--out", "models", "--fixed-model-name", "gridbot",
    )  # fmt: skip
    print(f"{lines} examples, {time.monotonic() - started:.0f} s")  # noqa: T201
    return 0


def write_examples(path: Path, *, short: bool) -> int:
    """The examples of nlu/data as the engine will be asked: normalised, one file."""
    from nlu.rasa_project import stock  # noqa: PLC0415 - a script; main sets the path
    from nlu.training import data  # noqa: PLC0415

    taken: Counter[str] = Counter()
    chosen = []
    for example in data.load():
        taken[example.intent] += 1
        if not short or taken[example.intent] <= SHORT:
            chosen.append(example)
    return stock.write(path, chosen)


def _stock(options: argparse.Namespace) -> int:
    """Train the stock pipeline and the local engine on one slice and judge them side by side."""
    from nlu.rasa_project import stock  # noqa: PLC0415 - a script; main sets the path

    _setup(options)
    stock.compare(stock.Rasa(RASA, _environment()), options.lines)
    return 0


def _serve(options: argparse.Namespace) -> int:
    """Become the server, so that whoever ends this process ends it."""
    command = _server(options.port)
    os.chdir(HERE)
    os.execve(command[0], command, _environment())  # noqa: S606


def _server(port: int) -> list[str]:
    token = os.environ.get("GRIDBOT_RASA_TOKEN")
    if not token:
        sys.exit("GRIDBOT_RASA_TOKEN must hold the server's token")
    return [
        str(RASA), "run", "--enable-api", "--model", "models/gridbot.tar.gz",
        "--interface", "127.0.0.1", "--port", str(port), "--auth-token", token,
    ]  # fmt: skip


def _test(options: argparse.Namespace) -> int:
    """Train, serve, wait until the server answers, run the tests marked rasa, end the server."""
    os.environ.setdefault("GRIDBOT_RASA_TOKEN", os.urandom(16).hex())
    os.environ["GRIDBOT_RASA_URL"] = f"http://127.0.0.1:{options.port}"
    _train(options)
    server = subprocess.Popen(_server(options.port), cwd=HERE, env=_environment())  # noqa: S603
    try:
        _wait(options.port)
        command = [sys.executable, "-m", "pytest", "-m", "rasa", "tests/nlu"]
        return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, seconds: int = 180) -> None:
    from urllib.error import URLError  # noqa: PLC0415
    from urllib.request import urlopen  # noqa: PLC0415

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(1)
    sys.exit(f"Rasa did not answer within {seconds} s")


def _rasa(*arguments: str) -> None:
    _run([str(RASA), *arguments])


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, cwd=HERE, env=_environment(), check=True)  # noqa: S603


def _environment() -> dict[str, str]:
    return {**os.environ, **_QUIET}


if __name__ == "__main__":
    sys.exit(main())
