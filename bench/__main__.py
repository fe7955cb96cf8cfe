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
    """Figures are kept after each benchmark: one that fails late loses nothing of the others."""
    parser = _parser()
    asked = parser.parse_args()
    if unknown := set(asked.names) - {*BENCHMARKS, LONG}:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join([*BENCHMARKS, LONG])}")
    figures: list[Figure] = []
    for name in asked.names or BENCHMARKS:
        figures += _run(name, asked)
        _keep(figures, asked.scale)
    _show(figures)


def _run(name: str, asked: argparse.Namespace) -> list[Figure]:
    if name == LONG:
        return deliveries.run(Plan(count=asked.count, seed=asked.seed))
    if name in SIZED:
        return SIZED[name](large_size=int(queue_page.LARGE * asked.scale))
    return BENCHMARKS[name]()


def _keep(figures: list[Figure], scale: float) -> None:
    kept = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "scale": scale,
        "figures": [figure.as_dict() for figure in figures],
    }
    RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="none: all but `deliveries`")
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
