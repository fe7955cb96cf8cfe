"""The whole product on embedded parts with a made-up city, in one process."""

import contextlib
import csv
import json
import secrets
import shutil
import signal
import string
import tempfile
import threading
import webbrowser
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from bot import log, schema, wiring
from bot.access.passwords import set_password
from bot.app import create_app
from bot.chores import CHORES
from bot.parts import Parts
from bot.platforms import menu
from bot.simulator import (
    AiBot,
    SimulatorConfig,
    WeChatAccount,
    WeComApp,
    create_simulator,
)
from bot.simulator.server import QuietHandler
from bot.worker import Worker
from config import redis as redis_settings
from config.clock import CHINA
from config.settings import Settings
from handlers.grid.models import Staff
from handlers.registry.importer import import_registry
from nlu import local
from nlu.scorer import ModelError
from nlu.training import train
from notifier.errors import ChannelError

CITY = Path(__file__).parent / "simulator" / "sample-city"
# The day of the sample's outages that becomes today.
SAMPLE_DAY = date(2026, 11, 27)
PASSWORD = "gridbot-demo"  # noqa: S105 - printed on the screen, for loopback only
DUTY, MANAGER = "chenjing", "liuxiaoyan"
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Keys:
    """Made at the first start and kept in the data folder, so that a restart reads its data."""

    secret_key: str
    field_key: str
    wechat_aes: str
    wecom_aes: str
    aibot_aes: str


def run(*, port: int, data: Path | None, opens_browser: bool) -> None:
    """Serve until Ctrl-C."""
    log.configure("WARNING")
    folder = data or Path("var") / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    _trained()
    base = f"http://127.0.0.1:{port}"
    settings = demo_settings(folder, base, _keys(folder))
    parts = wiring.build(settings)
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


def demo_settings(folder: Path, base: str, keys: Keys) -> Settings:
    """Settings of a demo whose platforms are the simulator at `/sim`."""
    simulator = f"{base}/sim"
    return Settings.from_env(
        {
            "GRIDBOT_PUBLIC_URL": base,
            "GRIDBOT_SECRET_KEY": keys.secret_key,
            "GRIDBOT_FIELD_KEY": keys.field_key,
            "GRIDBOT_DATA_DIR": str(folder),
            "GRIDBOT_SURVEY_DELAY": "PT0S",
            "GRIDBOT_WECHAT_APP_ID": "wxdemo0000000001",
            "GRIDBOT_WECHAT_ORIGINAL_ID": "gh_demo00000001",
            "GRIDBOT_WECHAT_SECRET": "demo-wechat-secret",
            "GRIDBOT_WECHAT_TOKEN": "demowechattoken",
            "GRIDBOT_WECHAT_AES_KEY": keys.wechat_aes,
            "GRIDBOT_WECHAT_API_BASE": simulator,
            "GRIDBOT_WECHAT_OAUTH_BASE": simulator,
            "GRIDBOT_WECOM_CORP_ID": "wwdemo0000000001",
            "GRIDBOT_WECOM_AGENT_ID": "1000002",
            "GRIDBOT_WECOM_SECRET": "demo-wecom-secret",
            "GRIDBOT_WECOM_TOKEN": "demowecomtoken",
            "GRIDBOT_WECOM_AES_KEY": keys.wecom_aes,
            "GRIDBOT_WECOM_API_BASE": simulator,
            "GRIDBOT_WECOM_OAUTH_BASE": simulator,
            "GRIDBOT_AIBOT_TOKEN": "demoaibottoken",
            "GRIDBOT_AIBOT_AES_KEY": keys.aibot_aes,
        }
    )


def simulator_config(settings: Settings, base: str) -> SimulatorConfig:
    """The simulator that plays the platforms of these settings."""
    return SimulatorConfig(
        product_url=base,
        public_base=f"{base}/sim",
        city=CITY,
        wechat=WeChatAccount(
            app_id=settings.wechat_app_id,
            original_id=settings.wechat_original_id,
            secret=settings.wechat_secret.get_secret_value(),
            token=settings.wechat_token.get_secret_value(),
            aes_key=_text(settings.wechat_aes_key),
        ),
        wecom=WeComApp(
            corp_id=settings.wecom_corp_id,
            agent_id=settings.wecom_agent_id or 0,
            secret=settings.wecom_secret.get_secret_value(),
            token=settings.wecom_token.get_secret_value(),
            aes_key=_text(settings.wecom_aes_key),
        ),
        aibot=AiBot(
            token=settings.aibot_token.get_secret_value(), aes_key=_text(settings.aibot_aes_key)
        ),
    )


def shifted_city(folder: Path, today: date) -> Path:
    """A copy of the sample city whose outages are moved so that some are due today."""
    shutil.copytree(CITY, folder, dirs_exist_ok=True)
    path = folder / "outages.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    days = timedelta(days=(today - SAMPLE_DAY).days)
    for row in rows:
        for column in ("starts_at", "ends_at"):
            row[column] = (datetime.fromisoformat(row[column]) + days).isoformat()
        day = datetime.fromisoformat(row["starts_at"])
        row["outage_code"] = f"TD{day:%Y%m%d}{row['outage_code'][-2:]}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return folder


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


def _trained() -> None:
    try:
        local.load()
    except ModelError:
        print("第一次启动：训练本地模型，约一分钟……", flush=True)  # noqa: T201
        train.train()


def _keys(folder: Path) -> Keys:
    path = folder / "demo-keys.json"
    if path.exists():
        return Keys(**json.loads(path.read_text()))
    made = Keys(secrets.token_hex(16), secrets.token_hex(16), *(_aes() for _ in range(3)))
    path.write_text(json.dumps({name: getattr(made, name) for name in Keys.__slots__}))
    path.chmod(0o600)
    return made


def _aes() -> str:
    """43 characters that decode to 32 bytes: the last one may only carry four bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(42)) + secrets.choice("AEIMQUYcgkosw048")


def _text(key: Any) -> str:
    return key.get_secret_value() if key is not None else ""


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
