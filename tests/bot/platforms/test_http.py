"""What becomes of each kind of answer of a platform."""

import logging

import httpx
import pytest

from bot.platforms.errors import WECHAT, WECOM, PlatformRefusedError, PlatformUnreachableError
from bot.platforms.http import Api, new_client
from notifier.errors import ChannelError
from tests.support.loopback import HALF, HTML, NOTHING


@pytest.fixture
def api(platform, http) -> Api:
    return Api(platform.base, http, WECOM)


def refused(api: Api) -> PlatformRefusedError:
    with pytest.raises(PlatformRefusedError) as refusal:
        api.post("cgi-bin/x", {}, access_token="s3cret")
    return refusal.value


@pytest.mark.parametrize(
    "answer", [HTML, HALF, NOTHING, "", "null", "[]", b"\xff\xfe", "{", (500, {}), (404, HTML),
               {"errcode": "soon"}]
)  # fmt: skip
def test_an_answer_that_says_nothing_is_trouble_on_the_way(api, platform, answer):
    platform.answers["x"] = [answer]
    with pytest.raises(PlatformUnreachableError) as unreachable:
        api.get("cgi-bin/x", access_token="s3cret")
    assert isinstance(unreachable.value, ChannelError)
    assert not unreachable.value.permanent
    assert "s3cret" not in f"{unreachable.value} {unreachable.value.__cause__}"


def test_a_platform_that_does_not_answer_is_given_up(api, platform, http):
    platform.answers["x"] = [{}]
    platform.slow = 1.0
    http.timeout = httpx.Timeout(0.1)
    with pytest.raises(PlatformUnreachableError, match="ReadTimeout"):
        api.get("cgi-bin/x")


def test_a_platform_that_is_not_there_is_out_of_reach(http):
    with pytest.raises(PlatformUnreachableError, match="ConnectError"):
        Api("http://127.0.0.1:1", http, WECHAT).get("cgi-bin/x")


def test_the_client_recovers_after_a_broken_connection(api, platform):
    platform.answers["x"] = [NOTHING, HALF, {"errcode": 0, "n": 1}]
    for _ in range(2):
        with pytest.raises(PlatformUnreachableError):
            api.get("cgi-bin/x")
    assert api.get("cgi-bin/x")["n"] == 1


def test_a_refusal_keeps_its_words_but_not_our_address(api, platform):
    platform.answers["x"] = [{
        "errcode": 60020,
        "errmsg": "not allow to access from your ip, hint: [1576_28_e0fa], from ip: 9.30.0.138, more",
    }]  # fmt: skip
    refusal = refused(api)
    assert str(refusal) == "60020: not allow to access from your ip (cgi-bin/x)"
    assert refusal.is_alarm


@pytest.mark.parametrize(
    ("code", "permanent", "retry_after"),
    [
        (-1, False, None), (45009, False, 60), (45033, False, 5), (60020, False, 600),
        (48002, False, 600), (81013, True, None), (40003, True, None), (93000, True, None),
        (40058, True, None), (86008, True, None), (999999, False, None),
    ],
)  # fmt: skip
def test_wecoms_codes_say_whether_and_when_to_try_again(
    api, platform, code, permanent, retry_after
):
    platform.answers["x"] = [{"errcode": code, "errmsg": "no"}]
    refusal = refused(api)
    assert (refusal.permanent, refusal.retry_after) == (permanent, retry_after)
    assert not refusal.window_closed


@pytest.mark.parametrize(
    ("code", "permanent", "retry_after", "window_closed"),
    [
        (45015, True, None, True), (45047, True, None, True), (48002, True, None, True),
        (43004, True, None, False), (40003, True, None, False), (45002, True, None, False),
        (45009, False, 3600, False), (45011, False, 60, False), (48001, False, 600, False),
        (40164, False, 600, False), (-1, False, None, False),
    ],
)  # fmt: skip
def test_the_accounts_codes_say_what_follows(
    platform, http, code, permanent, retry_after, window_closed
):
    platform.answers["x"] = [{"errcode": code, "errmsg": "no rid: 6176-1-2"}]
    refusal = refused(Api(platform.base, http, WECHAT))
    assert (refusal.permanent, refusal.retry_after) == (permanent, retry_after)
    assert refusal.window_closed is window_closed
    assert "rid" not in str(refusal)


def test_text_travels_as_it_is(api, platform):
    platform.answers["x"] = [{"errcode": 0}]
    api.post("cgi-bin/x", {"content": "停电😀"})
    assert platform.calls["x"][0][1] == {"content": "停电😀"}


def test_half_a_character_does_not_stop_a_message(api, platform):
    platform.answers["x"] = [{"errcode": 0}]
    api.post("cgi-bin/x", {"content": "停\ud83d"})
    assert platform.calls["x"][0][1] == {"content": "停?"}


def test_a_file_is_told_from_a_refusal(api, platform):
    platform.answers["media/get"] = [b"#!AMR\n..."]
    platform.answers["x"] = [{"errcode": 40007, "errmsg": "invalid media_id"}]
    platform.answers["html"] = [HTML]
    with pytest.raises(PlatformRefusedError):
        api.download("cgi-bin/x", media_id="M")
    with pytest.raises(PlatformUnreachableError):
        api.download("cgi-bin/html", media_id="M")


def test_no_log_line_of_the_client_holds_a_token(platform, caplog):
    platform.answers["x"] = [{"errcode": 0}]
    logging.getLogger("httpx").setLevel(logging.NOTSET)
    with caplog.at_level(logging.INFO), new_client() as client:
        Api(platform.base, client, WECOM).get("cgi-bin/x", access_token="s3cret")
    assert "s3cret" not in caplog.text
