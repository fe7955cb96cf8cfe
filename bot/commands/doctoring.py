"""Look at everything a process needs, one finding each, with what to do."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot import schema, wiring
from bot.parts import Parts
from bot.platforms.oidc import OidcRefusedError
from config import redis as redis_settings
from config import tables
from config.clock import Clock
from config.redis import RedisUnavailableError
from config.settings import Settings, SettingsError
from config.toml import TableError
from nlu import local
from nlu.scorer import ModelError
from notifier.errors import ChannelError


@dataclass(frozen=True, slots=True)
class Finding:
    is_fine: bool
    text: str
    mark: str = ""

    @property
    def line(self) -> str:
        return f"{self.mark or ('ok' if self.is_fine else 'FAULT'):<5} {self.text}"


def examine() -> list[Finding]:
    """Every check that the settings allow; without settings nothing else can be looked at."""
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        return [Finding(is_fine=False, text=line) for line in str(error).splitlines()]
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _database,
        _redis,
        _tables,
        _calendar,
        _model,
    )
    findings = [Finding(is_fine=True, text="settings"), *(check(settings) for check in checks)]
    if all(finding.is_fine for finding in findings):
        findings += _platforms(wiring.build(settings))
    return findings


def _database(settings: Settings) -> Finding:
    database = wiring.open_database(settings)
    try:
        if schema.is_current(database):
            return Finding(is_fine=True, text="database")
        return Finding(is_fine=False, text="database: run `gridbot db upgrade`")
    except SQLAlchemyError as error:
        text = f"database: cannot be reached ({type(error).__name__}); see GRIDBOT_DATABASE_URL"
        return Finding(is_fine=False, text=text)
    finally:
        database.close()


def _redis(settings: Settings) -> Finding:
    try:
        redis_settings.connect(settings).ping()
    except (RedisError, OSError, RedisUnavailableError) as error:
        text = f"redis: does not answer ({type(error).__name__}); see GRIDBOT_REDIS_URL"
        return Finding(is_fine=False, text=text)
    return Finding(is_fine=True, text="redis")


def _tables(settings: Settings) -> Finding:
    try:
        tables.load(settings.config_dir)
    except TableError as error:
        return Finding(is_fine=False, text=f"tables: {error}")
    return Finding(is_fine=True, text="tables")


def _calendar(settings: Settings) -> Finding:
    today = Clock().now().date()
    year = tables.load(settings.config_dir).calendar.gap(today)
    if year is None:
        return Finding(is_fine=True, text="calendar")
    text = f"calendar: holidays of {year} are not confirmed; write them into calendar.toml"
    return Finding(is_fine=True, text=text, mark="soon")


def _model(_: Settings) -> Finding:
    try:
        local.load()
    except ModelError as error:
        return Finding(is_fine=False, text=f"understanding: {error}")
    return Finding(is_fine=True, text="understanding")


def _platforms(parts: Parts) -> list[Finding]:
    findings = []
    for name, client in (("wechat", parts.wechat), ("wecom", parts.wecom), ("oidc", parts.oidc)):
        if client is None:
            continue
        try:
            client.check()
        except (ChannelError, OidcRefusedError) as error:
            findings.append(Finding(is_fine=False, text=f"{name}: {error}"))
        else:
            findings.append(Finding(is_fine=True, text=name))
    return findings
