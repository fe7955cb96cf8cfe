"""The simulator as a program of its own: `python -m bot.simulator --product http://…`."""

import argparse
import os
import signal
import sys
from pathlib import Path

from bot.simulator.server import SimulatorServer
from bot.simulator.settings import SimulatorConfig, accounts

ENDS = {signal.SIGINT, signal.SIGTERM}


def main() -> int:
    """Serve until interrupted; print the address as the first line."""
    parser = argparse.ArgumentParser(prog="python -m bot.simulator", description=__doc__)
    parser.add_argument("--product", required=True, help="address of the product's callbacks")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--city", type=Path, help="folder with staff.csv and groups.csv")
    parser.add_argument("--closed-world", action="store_true", help="refuse whom nobody has added")
    options = parser.parse_args()
    try:
        wechat, wecom, aibot = accounts(os.environ)
    except (KeyError, ValueError) as error:
        sys.stderr.write(f"missing or wrong: {error}\n")
        return 2
    config = SimulatorConfig(
        product_url=options.product,
        wechat=wechat,
        wecom=wecom,
        aibot=aibot,
        city=options.city,
        open_world=not options.closed_world,
    )
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # before any thread starts: all inherit it
    with SimulatorServer(config, port=options.port) as server:
        sys.stdout.write(f"{server.base}/sim/\n")
        sys.stdout.flush()
        signal.sigwait(ENDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
