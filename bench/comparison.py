"""The full path against the echo of WeRoBot, another framework for the Official Account.

WeRoBot is no part of the product: it is installed into `.werobot-venv`, which only this uses.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import load, mix
from bench.figures import Figure
from bench.servers import granian
from tests.support import postgres

ENVIRONMENT = Path(__file__).parents[1] / ".werobot-venv"
PACKAGES = ("werobot==1.13.1", "cryptography", "granian")
MESSAGES, WARMING, CLIENTS, ROUNDS = 1000, 200, 16, 3
WHAT = "full path against WeRoBot's encrypted echo"


def run() -> list[Figure]:
    """Both on granian with the same settings, by turns; questions in words only."""
    python = _python()
    if python is None:
        return [Figure(WHAT, "–", "skipped: WeRoBot could not be installed", None)]
    with tempfile.TemporaryDirectory() as scratch, postgres.running() as server:
        with postgres.fresh_database(server) as address:
            settings = mix.prepared(Path(scratch), address)
            echo = {
                "ECHO_TOKEN": settings.wechat_token.get_secret_value(),
                "ECHO_KEY": mix.KEYS.wechat_aes,
                "ECHO_APP": settings.wechat_app_id,
            }
            with (
                granian("bench.werobot_echo:load", echo, python=python) as theirs,
                granian("bot.wsgi:load", mix.environ(settings)) as ours,
            ):
                ports = (theirs, ours)
                for port in ports:
                    load.run(port, mix.requests(settings, mix.QUESTIONS, WARMING), clients=CLIENTS)
                rounds = [
                    [
                        load.run(
                            port, mix.requests(settings, mix.QUESTIONS, MESSAGES), clients=CLIENTS
                        )
                        for port in ports
                    ]
                    for _ in range(ROUNDS)
                ]
    echoed, answered = (
        statistics.median(one.rate for one in each) for each in zip(*rounds, strict=True)
    )
    failed = [sum(one.failed for one in each) for each in zip(*rounds, strict=True)]
    return [
        Figure(
            WHAT,
            f"{answered:.0f}/s, {failed[1]} failed",
            f"{echoed:.0f}/s WeRoBot, {failed[0]} failed",
            statistics.median(one.rate / theirs.rate for theirs, one in rounds),
        )
    ]


def _python() -> str | None:
    """The environment's interpreter; None where it cannot be made."""
    python = ENVIRONMENT / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *PACKAGES], check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return str(python)
