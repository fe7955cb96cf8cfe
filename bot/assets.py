"""Copy the front-end packages' files into bot/static/vendor, node coming from a wheel."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENDOR = Path(__file__).parent / "static" / "vendor"
FILES = {
    "weui/dist/style/weui.min.css": "weui.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "htmx-ext-sse/dist/sse.min.js": "sse.js",
    "echarts/dist/echarts.min.js": "echarts.js",
}


def build() -> None:
    """Install by the lock file and copy; ends the process when npm fails, which says why."""
    npm = Path(sys.executable).parent / "npm"
    command = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if code := subprocess.call(command, cwd=ROOT):  # noqa: S603 - our own words
        sys.exit(f"npm ended with {code}: the front-end packages could not be installed")
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)


if __name__ == "__main__":
    build()
