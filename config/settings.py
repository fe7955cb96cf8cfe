"""The settings of a process, read once from the environment and checked as a whole."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "GRIDBOT_"
MIN_SECRET = 16

GROUPS: dict[str, tuple[str, ...]] = {
    "wechat": ("app_id", "original_id", "secret", "token"),
    "wecom": ("corp_id", "agent_id", "secret", "token", "aes_key"),
    "aibot": ("token", "aes_key"),
    "oidc": ("issuer", "client_id", "secret"),
}


class SettingsError(Exception):
    """Settings that cannot be used; its text names each variable and what it should look like."""


def _aes_key(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not re.fullmatch(r"[A-Za-z0-9+/]{43}", value.get_secret_value()):
        raise ValueError("must be the 43 letters and digits that the platform's page shows")
    return value


def _long(value: SecretStr) -> SecretStr:
    if any(len(part) < MIN_SECRET for part in value.get_secret_value().split(",")):
        raise ValueError(f"must have at least {MIN_SECRET} random characters")
    return value


def _http(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        raise ValueError("must be an address such as https://power.example.cn")
    return value.rstrip("/")


def _issuer(value: str) -> str:
    """As the provider writes it, to the last slash; in clear text on this machine alone."""
    if value and not re.fullmatch(
        r"https://[^\s/?#]+[^\s?#]*|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s?#]*)?", value
    ):
        raise ValueError("must be the https:// address that the provider names as its issuer")
    return value


def _database(value: str) -> str:
    if value:
        wanted = "must look like postgresql://user:password@host/name or sqlite:////folder/file"
        try:
            backend = make_url(value).get_backend_name()
        except (ArgumentError, ValueError):
            raise ValueError(wanted) from None
        if backend not in {"postgresql", "postgres", "sqlite"}:
            raise ValueError(wanted)
    return value


def _redis(value: str) -> str:
    if value and not re.fullmatch(r"rediss?://[^\s/]+(/\S*)?|unix://\S+", value):
        raise ValueError("must look like redis://host:6379/0 or unix:///folder/redis.sock")
    return value


def _folder(value: Path | None) -> Path | None:
    if value is not None and not value.is_dir():
        raise ValueError("must be a folder that is there, with tables such as sla.toml")
    return value


def _not_negative(value: timedelta | None) -> timedelta | None:
    if value is not None and value < timedelta():
        raise ValueError(DURATION)
    return value


DURATION = "must be an ISO 8601 duration such as PT30M"
AesKey = Annotated[SecretStr | None, AfterValidator(_aes_key)]
Secret = Annotated[SecretStr, AfterValidator(_long)]
Address = Annotated[str, AfterValidator(_http)]
Issuer = Annotated[str, AfterValidator(_issuer)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
RedisUrl = Annotated[str, AfterValidator(_redis)]
Folder = Annotated[Path | None, AfterValidator(_folder)]
Delay = Annotated[timedelta | None, AfterValidator(_not_negative)]


class Settings(BaseSettings):
    """Every setting of the product; the README's table is made from these fields."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    public_url: Address = Field(description="address under which residents and platforms reach us")
    secret_key: Secret = Field(description="signs sessions and links; 16 characters or more")
    field_key: Secret = Field(
        description="encrypts personal fields; to rotate, put the new one before the old, with a comma"
    )
    data_dir: Path = Field(Path("var"), description="folder for SQLite, embedded Redis, media")
    config_dir: Folder = Field(None, description="folder of tables that replace built-in ones")
    database_url: DatabaseUrl = Field("", description="empty: SQLite in the data folder")
    redis_url: RedisUrl = Field("", description="empty: embedded Redis in the data folder")
    wechat_app_id: str = Field("", description="the Official Account's AppID")
    wechat_original_id: str = Field("", description="the Official Account's original id (gh_…)")
    wechat_secret: SecretStr = Field(SecretStr(""), description="its AppSecret")
    wechat_token: SecretStr = Field(SecretStr(""), description="its callback token")
    wechat_aes_key: AesKey = Field(None, description="its EncodingAESKey; empty: plain mode")
    wechat_aes_key_previous: AesKey = Field(None, description="the key before, while rotating")
    wechat_api_base: Address = Field("https://api.weixin.qq.com", description="its API")
    wechat_oauth_base: Address = Field("https://open.weixin.qq.com", description="its sign-in page")
    wecom_corp_id: str = Field("", description="the WeCom corporation's id")
    wecom_agent_id: int | None = Field(None, description="the application's AgentId")
    wecom_secret: SecretStr = Field(SecretStr(""), description="the application's secret")
    wecom_token: SecretStr = Field(SecretStr(""), description="its callback token")
    wecom_aes_key: AesKey = Field(None, description="its EncodingAESKey")
    wecom_aes_key_previous: AesKey = Field(None, description="the key before, while rotating")
    wecom_api_base: Address = Field("https://qyapi.weixin.qq.com", description="its API")
    wecom_oauth_base: Address = Field("https://open.weixin.qq.com", description="its sign-in page")
    aibot_token: SecretStr = Field(SecretStr(""), description="the group bot's callback token")
    aibot_aes_key: AesKey = Field(None, description="the group bot's EncodingAESKey")
    aibot_aes_key_previous: AesKey = Field(None, description="the key before, while rotating")
    oidc_issuer: Issuer = Field("", description="OpenID Connect issuer of the staff's accounts")
    oidc_client_id: str = Field("", description="our client id there")
    oidc_secret: SecretStr = Field(SecretStr(""), description="our client secret there")
    oidc_claim: str = Field(
        "sub", description="claim of the ID token that holds the staff's userid"
    )
    nlu: Literal["local", "rasa"] = Field("local", description="rasa: Rasa first, local as reserve")
    rasa_url: Address = Field("http://127.0.0.1:5005", description="the Rasa server")
    rasa_token: SecretStr = Field(SecretStr(""), description="its token")
    bills_token: SecretStr = Field(
        SecretStr(""), description="bearer token of the marketing system (config/bills.toml)"
    )
    voice_token: SecretStr = Field(
        SecretStr(""), description="bearer token of the speech service (config/voice.toml)"
    )
    survey_delay: Delay = Field(
        None,
        description="ISO 8601 duration until the survey; unset: the tables' rules; PT0S: at once",
    )
    metrics_token: SecretStr = Field(SecretStr(""), description="empty: /metrics for loopback only")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="log level")

    @property
    def database_address(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'gridbot.sqlite3'}"

    @property
    def field_secrets(self) -> tuple[str, ...]:
        return tuple(self.field_key.get_secret_value().split(","))

    def has(self, platform: str) -> bool:
        """Whether this platform's group of settings is filled in."""
        return all(_text(getattr(self, f"{platform}_{name}")) for name in GROUPS[platform])

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read `GRIDBOT_…` variables; raises SettingsError with every fault at once."""
        values, faults = _collect(environ)
        try:
            settings = TypeAdapter(cls).validate_python(values)
        except ValidationError as error:
            faults += [_sentence(fault) for fault in error.errors()]
            raise SettingsError("\n".join(faults)) from error
        faults += _half_groups(settings)
        if faults:
            raise SettingsError("\n".join(faults))
        return settings


@dataclass(frozen=True, slots=True)
class Variable:
    """One row of the settings table."""

    name: str
    default: str
    description: str


def variables() -> list[Variable]:
    """Every environment variable in order, for the README and `gridbot doctor`."""
    return [
        Variable(
            PREFIX + name.upper(),
            "required" if field.is_required() else _shown(field.default),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def _collect(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    faults: list[str] = []
    for field in Settings.model_fields:
        name = PREFIX + field.upper()
        if path := environ.get(name + "_FILE"):
            try:
                values[field] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                faults.append(f"{name}_FILE: cannot read {path}: {error.strerror}")
        elif environ.get(name):
            values[field] = environ[name]
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    faults += [
        f"{name}: not a setting of gridbot; see the settings table of README.md"
        for name in environ
        if name.startswith(PREFIX)
        and name not in TEST_VARIABLES
        and name.removesuffix("_FILE") not in known
    ]
    return values, faults


TEST_VARIABLES = {"GRIDBOT_REQUIRE_BROWSER"}


def _sentence(fault: Any) -> str:
    name = PREFIX + str(fault["loc"][0]).upper() if fault["loc"] else PREFIX
    if fault["type"] == "missing":
        field = Settings.model_fields[str(fault["loc"][0])]
        return f"{name}: missing; {field.description}"
    if fault["type"].startswith("time_delta"):
        return f"{name}: {DURATION}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}"


def _half_groups(settings: Settings) -> list[str]:
    faults = []
    for platform, names in GROUPS.items():
        missing = [name for name in names if not _text(getattr(settings, f"{platform}_{name}"))]
        if missing and len(missing) < len(names):
            faults += [
                f"{PREFIX}{platform.upper()}_{name.upper()}: missing, though other {platform} settings"
                " are set; a group is set whole or not at all"
                for name in missing
            ]
    return faults


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)


def _shown(default: object) -> str:
    text = _text(default)
    return text or "empty"
