"""Settings say at once everything that is wrong with them, by name, and never show a secret."""

import pytest

from config.settings import Settings, SettingsError

NEEDED = {
    "GRIDBOT_PUBLIC_URL": "https://power.example.cn",
    "GRIDBOT_SECRET_KEY": "sixteen-characters",
    "GRIDBOT_FIELD_KEY": "another-sixteen-characters",
}
OIDC = {"GRIDBOT_OIDC_CLIENT_ID": "gridbot", "GRIDBOT_OIDC_SECRET": "s3cret"}


def faults(**changes: str) -> list[str]:
    """The faults that reading these variables beside the needed ones shows."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(NEEDED | changes)
    return str(caught.value).splitlines()


def test_every_missing_value_is_named_at_once():
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({})
    named = {line.partition(":")[0] for line in str(caught.value).splitlines()}
    assert named == set(NEEDED)


def test_a_group_is_whole_or_not_at_all():
    (fault,) = faults(GRIDBOT_AIBOT_TOKEN="t")
    assert fault.startswith("GRIDBOT_AIBOT_AES_KEY: missing")
    named = {line.partition(":")[0] for line in faults(GRIDBOT_OIDC_CLIENT_ID="gridbot")}
    assert named == {"GRIDBOT_OIDC_ISSUER", "GRIDBOT_OIDC_SECRET"}


def test_a_misspelt_name_is_no_setting():
    (fault,) = faults(GRIDBOT_PUBLIC_ULR="x")
    assert fault.startswith("GRIDBOT_PUBLIC_ULR: not a setting")


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("GRIDBOT_DATABASE_URL", "sqlite", "postgresql://"),
        ("GRIDBOT_DATABASE_URL", "mysql://u:hidden@host/power", "postgresql://"),
        ("GRIDBOT_DATABASE_URL", "postgresql://u:hidden@host:port/power", "postgresql://"),
        ("GRIDBOT_REDIS_URL", "http://cache", "redis://"),
        ("GRIDBOT_CONFIG_DIR", "/no/such/folder", "folder"),
        ("GRIDBOT_SURVEY_DELAY", "soon", "PT30M"),
        ("GRIDBOT_SURVEY_DELAY", "-PT5M", "PT30M"),
    ],
)
def test_a_wrong_value_is_told_with_what_it_should_look_like(name: str, value: str, wanted: str):
    (fault,) = faults(**{name: value})
    assert fault.startswith(f"{name}: ")
    assert wanted in fault
    assert "hidden" not in fault


def test_a_secret_may_lie_in_a_file_that_must_exist(tmp_path):
    path = tmp_path / "secret"
    path.write_text("from-a-file-0000\n")
    settings = Settings.from_env(NEEDED | {"GRIDBOT_SECRET_KEY_FILE": str(path)})
    assert settings.secret_key.get_secret_value() == "from-a-file-0000"
    assert "cannot read" in faults(GRIDBOT_SECRET_KEY_FILE=str(tmp_path / "none"))[0]


def test_no_fault_and_no_picture_of_the_settings_shows_a_secret():
    wrong = {"GRIDBOT_SECRET_KEY": "tooshort", "GRIDBOT_WECHAT_AES_KEY": "notakey"}
    said = "\n".join(faults(**wrong))
    assert "GRIDBOT_SECRET_KEY" in said
    assert "GRIDBOT_WECHAT_AES_KEY" in said
    assert "tooshort" not in said
    assert "notakey" not in said
    assert "sixteen" not in repr(Settings.from_env(NEEDED))


@pytest.mark.parametrize(
    "issuer",
    ["https://sso.example.cn", "https://sso.example.cn/realms/grid/", "http://127.0.0.1:8080/x"],
)
def test_an_issuer_is_kept_to_the_last_slash(issuer):
    settings = Settings.from_env(NEEDED | OIDC | {"GRIDBOT_OIDC_ISSUER": issuer})
    assert settings.oidc_issuer == issuer
    assert settings.has("oidc")


@pytest.mark.parametrize(
    "issuer",
    ["sso.example.cn", "http://sso.example.cn", "http://localhost.evil.cn", "https://a.cn/?x=1"],
)
def test_an_issuer_in_clear_text_or_with_a_query_is_refused(issuer):
    (fault,) = faults(**OIDC, GRIDBOT_OIDC_ISSUER=issuer)
    assert fault.startswith("GRIDBOT_OIDC_ISSUER: must be the https://")
