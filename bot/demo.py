"""The whole product on embedded parts with a made-up city, in one process."""

import contextlib
import signal
import tempfile
import threading
import webbrowser
from datetime import datetime
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from bot import log, schema, wiring
from bot.access.passwords import set_password
from bot.app import create_app
from bot.chores import CHORES
from bot.demo_setup import demo_settings, kept_keys, shifted_city, simulator_config
from bot.parts import Parts
from bot.platforms import menu
from bot.simulator import create_simulator
from bot.simulator.server import QuietHandler
from bot.worker import Worker
from config import redis as redis_settings
from config.clock import CHINA
from config.settings import Settings
from handlers.grid.models import Staff
from handlers.registry.importer import import_registry
from nlu.scorer import ModelError
from notifier.errors import ChannelError

PASSWORD = "gridbot-demo"  # noqa: S105 - printed on the screen, for loopback only
DUTY, MANAGER = "chenjing", "liuxiaoyan"


def run(*, port: int, data: Path | None, opens_browser: bool) -> None:
    """Serve until Ctrl-C."""
    log.configure("WARNING")
    folder = data or Path("var") / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    base = f"http://127.0.0.1:{port}"
    settings = demo_settings(folder, base, kept_keys(folder))
    parts = _built(settings)
    schema.upgrade(parts.database)
    _import_city(parts)
    simulator = create_simulator(simulator_config(settings, base))
    app = DispatcherMiddleware(create_app(parts), {"/sim": simulator})
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)
    worker = Worker(parts, redis_settings.source(settings), CHORES)
    threading.Thread(target=server.serve_forever, name="web", daemon=True).start()
    worker.start()
    try:
        _push_menu(parts)
        _greet(base, opens_browser=opens_browser)
        _wait_for_the_end()
    finally:
        worker.stop()
        server.shutdown()
        parts.database.close()


def _import_city(parts: Parts) -> None:
    """Import the city once; a kept data folder has it already."""
    with parts.database.reading() as session:
        if session.scalar(sa.select(sa.func.count()).select_from(Staff)):
            return
    with tempfile.TemporaryDirectory() as scratch:
        city = shifted_city(Path(scratch) / "city", datetime.now(CHINA).date())
        with parts.working() as desk:
            report = import_registry(desk, city)
            if report.faults:
                raise RuntimeError(f"the sample city has faults: {report.faults[:3]}")
            for person in desk.session.scalars(sa.select(Staff)):
                if person.userid in {DUTY, MANAGER}:
                    set_password(person, PASSWORD)


def _built(settings: Settings) -> Parts:
    """The parts; at the very first start the model is trained before."""
    try:
        return wiring.build(settings)
    except ModelError:
        print("第一次启动：训练本地模型，约一分钟……", flush=True)  # noqa: T201
    train = import_module("nlu.training.train")  # brings scipy, which nothing else here needs
    train.train()
    return wiring.build(settings)


def _push_menu(parts: Parts) -> None:
    if parts.wechat is not None:
        with contextlib.suppress(ChannelError):
            menu.push(parts.wechat)


def _greet(base: str, *, opens_browser: bool) -> None:
    lines = (
        "gridbot 演示已启动，按 Ctrl-C 结束。",
        f"  模拟手机   {base}/sim/",
        f"  控制台     {base}/console/   值班员 {DUTY}，网格经理 {MANAGER}，密码都是 {PASSWORD}",
        f"  指挥大屏   {base}/dashboard/",
    )
    print("\n".join(lines), flush=True)  # noqa: T201
    if opens_browser:
        webbrowser.open(f"{base}/sim/")


def _wait_for_the_end() -> None:
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    while not done.wait(1.0):
        pass
