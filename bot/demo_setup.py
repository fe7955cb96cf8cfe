"""What the demo is made of: its keys, its settings, its simulator and its city."""

import csv
import json
import secrets
import shutil
import string
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.simulator import AiBot, SimulatorConfig, WeChatAccount, WeComApp
from config.settings import Settings

CITY = Path(__file__).parent / "simulator" / "sample-city"
# The day of the sample's outages that becomes today.
SAMPLE_DAY = date(2026, 11, 27)
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Keys:
    """Made at the first start and kept in the data folder, so that a restart reads its data."""

    secret_key: str
    field_key: str
    wechat_aes: str
    wecom_aes: str
    aibot_aes: str


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


def kept_keys(folder: Path) -> Keys:
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
