"""One refresher for all, a token always at hand, no loops, with Redis and without."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from bot.platforms.errors import PlatformRefusedError, PlatformUnreachableError
from bot.platforms.tokens import TokenProvider
from bot.platforms.wechat import WeChatClient
from bot.platforms.wecom import WeComClient
from tests.support.loopback import HALF, HTML, NOTHING

STABLE = "stable_token"
SEND = "message/custom/send"
OK = {"errcode": 0, "errmsg": "ok"}


def token(value: str = "T1", seconds: int = 7200) -> dict:
    return {"access_token": value, "expires_in": seconds}


def refusal(code: int) -> dict:
    return {"errcode": code, "errmsg": f"no rid: {code}"}


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Gives tokens one after another; `trouble` is raised instead."""

    def __init__(self, *values: str, seconds: float = 7200) -> None:
        self.values, self.seconds = list(values), seconds
        self.asked: list[bool] = []
        self.trouble: Exception | None = None

    def __call__(self, *, force: bool) -> tuple[str, float]:
        self.asked.append(force)
        if self.trouble:
            raise self.trouble
        return (self.values.pop(0) if len(self.values) > 1 else self.values[0]), self.seconds


@pytest.fixture(params=["redis", "no redis", "redis is down"])
def shared(request) -> redis.Redis | None:
    if request.param == "no redis":
        return None
    if request.param == "redis":
        return request.getfixturevalue("redis")
    return redis.Redis(unix_socket_path="/nonexistent/redis.sock", retry=None)


def test_ten_threads_with_a_cold_cache_make_one_fetch(platform, http, settings, shared):
    platform.slow = 0.1
    platform.answers = {STABLE: [token()], SEND: [OK]}
    client = WeChatClient.of(settings, http, shared)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda n: client.send_text("o1", f"第 {n} 条"), range(10)))
    assert platform.count(STABLE) == 1
    assert {query["access_token"] for query, _ in platform.calls[SEND]} == {"T1"}


def test_ten_processes_with_a_cold_cache_make_one_fetch(platform, http, settings, redis):
    platform.slow = 0.1
    platform.answers = {STABLE: [token()], SEND: [OK]}
    clients = [WeChatClient.of(settings, http, redis) for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda client: client.send_text("o1", "停电"), clients))
    assert platform.count(STABLE) == 1


def test_the_stable_token_is_asked_for_in_normal_mode(platform, http, settings):
    platform.answers = {STABLE: [token()], SEND: [OK]}
    WeChatClient.of(settings, http, None).send_text("o1", "停电")
    assert platform.calls[STABLE][0][1] == {
        "grant_type": "client_credential", "appid": "wx0123456789abcdef",
        "secret": "wechat-secret", "force_refresh": False,
    }  # fmt: skip


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_stale_token_is_replaced_once_and_the_call_repeated(
    platform, http, settings, shared, code
):
    platform.answers = {STABLE: [token("T1"), token("T2")], SEND: [refusal(code), OK]}
    WeChatClient.of(settings, http, shared).send_text("o1", "停电")
    assert [query["access_token"] for query, _ in platform.calls[SEND]] == ["T1", "T2"]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_refused_for_ever_makes_no_loop(platform, http, settings, shared, code):
    platform.answers = {STABLE: [token("T1")], SEND: [refusal(code)]}
    client = WeChatClient.of(settings, http, shared)
    for _ in range(5):
        with pytest.raises(PlatformRefusedError) as refused:
            client.send_text("o1", "停电")
        assert (refused.value.code, refused.value.is_alarm) == (code, True)
        assert not refused.value.permanent
    assert platform.count(SEND) == 10
    assert [body["force_refresh"] for _, body in platform.calls[STABLE]].count(True) == 1


def test_threads_that_meet_a_stale_token_refresh_it_once(platform, http, settings, shared):
    platform.answers = {
        STABLE: [token("T1"), token("T2")],
        SEND: [lambda query: OK if query["access_token"] == "T2" else refusal(42001)],
    }
    platform.slow = 0.05
    client = WeChatClient.of(settings, http, shared)
    client.check()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.send_text("o1", "停电"), range(8)))
    assert platform.count(STABLE) == 2


@pytest.mark.parametrize("answer", [HTML, HALF, NOTHING, [], "", {}, {"access_token": ""},
                                    {"access_token": "T", "expires_in": "soon"}, (502, HTML)])  # fmt: skip
def test_no_token_in_the_answer_is_a_platform_out_of_reach(
    platform, http, settings, shared, answer
):
    platform.answers = {STABLE: [answer]}
    with pytest.raises(PlatformUnreachableError) as unreachable:
        WeChatClient.of(settings, http, shared).send_text("o1", "停电")
    assert not unreachable.value.permanent


@pytest.mark.parametrize(("code", "retry_after"), [(-1, None), (45009, 3600), (40164, 600)])
def test_a_refused_token_says_when_to_ask_again(platform, http, settings, code, retry_after):
    platform.answers = {STABLE: [refusal(code)]}
    with pytest.raises(PlatformRefusedError) as refused:
        WeChatClient.of(settings, http, None).send_text("o1", "停电")
    assert (refused.value.code, refused.value.retry_after) == (code, retry_after)


def test_the_next_call_after_trouble_finds_a_token(platform, http, settings, shared):
    platform.answers = {STABLE: [HTML, refusal(-1), token()], SEND: [OK]}
    client = WeChatClient.of(settings, http, shared)
    for _ in range(2):
        with pytest.raises((PlatformUnreachableError, PlatformRefusedError)):
            client.check()
    client.send_text("o1", "停电")


def test_a_token_is_renewed_before_it_ends(shared):
    clock, source = Clock(), Source("T1", "T2")
    provider = TokenProvider("app", source, shared, clock)
    assert provider.token() == "T1"
    clock.now += 7200 - 241
    assert provider.token() == "T1"
    clock.now += 2
    assert provider.token() == "T2"
    assert source.asked == [False, False]


def test_the_old_token_is_honoured_while_a_new_one_cannot_be_had(shared):
    clock, source = Clock(), Source("T1", "T2")
    provider = TokenProvider("app", source, shared, clock)
    provider.token()
    clock.now += 7100
    source.trouble = PlatformUnreachableError("stable_token: ReadTimeout")
    assert provider.token() == "T1"
    clock.now += 101
    with pytest.raises(PlatformUnreachableError):
        provider.token()
    source.trouble = None
    assert provider.token() == "T2"


def test_the_old_token_is_honoured_while_another_process_fetches(redis):
    clock, source = Clock(), Source("T1", "T2")
    provider = TokenProvider("app", source, redis, clock)
    provider.token()
    clock.now += 7100
    with redis.lock("gridbot:token:app:turn", timeout=20):
        assert provider.token() == "T1"
    assert source.asked == [False]
    assert provider.token() == "T2"


def test_another_processs_token_is_taken_over(redis):
    clock, source = Clock(), Source("T1", "T2", "T3")
    first, second = (TokenProvider("app", source, redis, clock) for _ in range(2))
    assert first.token() == second.token() == "T1"
    assert first.replace("T1") == "T2"
    assert second.replace("T1") == "T2"
    assert source.asked == [False, False]


def test_applications_do_not_share_tokens(redis):
    clock = Clock()
    one = TokenProvider("ww1:a", Source("A"), redis, clock)
    other = TokenProvider("ww1:b", Source("B"), redis, clock)
    assert (one.token(), other.token()) == ("A", "B")


def test_rubbish_in_redis_is_no_token(redis):
    for rubbish in ("{", "[]", '{"value": 1}', '"x"'):
        redis.set("gridbot:token:app", rubbish)
        assert TokenProvider("app", Source("T1"), redis, Clock()).token() == "T1"


def test_redis_forgets_a_token_when_it_ends(redis):
    TokenProvider("app", Source("T1", seconds=300), redis, Clock()).token()
    assert 290 <= redis.ttl("gridbot:token:app") <= 300


def test_a_token_given_again_is_forced_once_a_minute(shared):
    clock, source = Clock(), Source("T1")
    provider = TokenProvider("app", source, shared, clock)
    provider.token()
    provider.replace("T1")
    assert source.asked == [False, False, True]
    clock.now += 30
    provider.replace("T1")
    clock.now += 60
    provider.replace("T1")
    assert source.asked.count(True) == 2


def test_wecoms_token_comes_from_gettoken(platform, http, settings, redis):
    platform.answers = {
        "gettoken": [token("W1"), token("W2")],
        "message/send": [refusal(42001), {**OK, "msgid": "m1"}],
    }
    assert WeComClient.of(settings, http, redis).send_text("zhou", "停电") == "m1"
    assert platform.calls["gettoken"][0][0] == {
        "corpid": "ww0123456789abcdef", "corpsecret": "wecom-secret",
    }  # fmt: skip
    assert platform.count("gettoken") == 2
