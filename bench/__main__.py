"""`python -m bench [NAME …] [--scale 0.1]`: run benchmarks, print a table, write bench/results.json.

`deliveries` is long and runs only when it is named: `python -m bench deliveries --count 1000000`.
"""

import argparse
import json
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import (
    callbacks,
    comparison,
    dashboard,
    deliveries,
    delivery,
    demo,
    queue_page,
    storm,
    understanding,
)
from bench.deliveries import Plan
from bench.figures import Figure

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "callbacks": callbacks.run,
    "comparison": comparison.run,
    "understanding": understanding.run,
    "delivery": delivery.run,
    "queue": queue_page.run,
    "dashboard": dashboard.run,
    "demo": demo.run,
    "storm": storm.run,
}
# Those that fill a database with so many tickets; a tenth of them shows the same shape.
SIZED = {"queue": queue_page.run, "dashboard": dashboard.run}
LONG = "deliveries"
RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    asked = _parser().parse_args()
    figures: list[Figure] = []
    for name in asked.names or BENCHMARKS:
        if name == LONG:
            figures += deliveries.run(Plan(count=asked.count, seed=asked.seed))
        elif name in SIZED:
            figures += SIZED[name](large_size=int(queue_page.LARGE * asked.scale))
        else:
            figures += BENCHMARKS[name]()
    _show(figures)
    kept = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "scale": asked.scale,
        "figures": [figure.as_dict() for figure in figures],
    }
    RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, LONG, []], metavar="NAME")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the million tickets")
    parser.add_argument("--count", type=int, default=20_000, help="messages of `deliveries`")
    parser.add_argument("--seed", type=int, default=7, help="of the blows of `deliveries`")
    return parser


def _show(figures: list[Figure]) -> None:
    table = Table("what", "ours", "reference", "ratio", "aim")
    for figure in figures:
        table.add_row(figure.what, figure.ours, figure.reference, figure.ratio_text, figure.aim)
    Console().print(table)


if __name__ == "__main__":
    main()
