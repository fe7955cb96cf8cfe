"""`python -m bench [NAME …]`: run the benchmarks, print a table, write bench/results.json."""

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import callbacks, dashboard, delivery, demo, queue_page, storm, understanding
from bench.figures import Figure

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "callbacks": callbacks.run,
    "understanding": understanding.run,
    "delivery": delivery.run,
    "queue": queue_page.run,
    "dashboard": dashboard.run,
    "demo": demo.run,
    "storm": storm.run,
}
RESULTS = Path(__file__).parent / "results.json"


def main(names: list[str]) -> None:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    figures = [figure for name in names or BENCHMARKS for figure in BENCHMARKS[name]()]
    table = Table("what", "ours", "reference", "ratio", "aim")
    for figure in figures:
        table.add_row(figure.what, figure.ours, figure.reference, figure.ratio_text, figure.aim)
    Console().print(table)
    kept = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "figures": [figure.as_dict() for figure in figures],
    }
    RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


main(sys.argv[1:])
