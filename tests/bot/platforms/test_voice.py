"""The contract of the port to speech recognition, and a service that misbehaves."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from bot.platforms.voice import SpeechService
from bot.voice import Heard, NoRecogniserError, UnheardError
from config.toml import BUILT_IN, TableError, read
from config.voice import VoiceRules
from tests.support import loopback
from tests.support.desks import TABLES
from tests.support.loopback import HALF, HTML, NOTHING, Loopback

PATH = "/recognise"
AUDIO = b"#!AMR\n\x00\xff\x10"


@pytest.fixture
def service() -> Iterator[Loopback]:
    with loopback.running() as made:
        made.answers[PATH] = [{"text": " 锦绣江南三栋停电了 ", "confidence": 0.93, "more": 1}]
        yield made


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def at(base: str, http: httpx.Client, **changes: float) -> SpeechService:
    rules = replace(TABLES.voice, url=f"{base}{PATH}", timeout_seconds=2.0, failures=20)
    return SpeechService(http, replace(rules, **changes), "secret")


def test_the_audio_goes_as_it_is_and_words_come_back(service, http):
    assert at(service.base, http).hear(AUDIO, "audio/amr") == Heard("锦绣江南三栋停电了", 0.93)
    [(_, body)] = service.calls[PATH]
    assert body == AUDIO


def test_words_without_a_confidence_are_none_to_be_sure_of(service, http):
    service.answers[PATH] = [{"text": "停电"}]
    assert at(service.base, http).hear(AUDIO, "audio/amr").confidence == 0


@pytest.mark.parametrize(
    "answer", [{"text": "  ", "confidence": 1}, (413, {}), (415, {}), (422, {})]
)
def test_what_has_no_words_is_not_asked_again(service, http, answer):
    service.answers[PATH] = [answer]
    with pytest.raises(UnheardError):
        at(service.base, http).hear(AUDIO, "audio/amr")


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        HALF,
        NOTHING,
        "",
        [],
        (500, {}),
        (401, {}),
        (302, {}),
        {"words": "停电"},
        {"text": "停电", "confidence": 3},
        {"text": "停" * 2001, "confidence": 1},
        {"text": "停电", "confidence": 1, "note": "x" * (1 << 16)},
    ],
)
def test_a_wrong_answer_counts_as_none(service, http, answer):
    service.answers[PATH] = [answer]
    with pytest.raises(NoRecogniserError) as raised:
        at(service.base, http).hear(AUDIO, "audio/amr")
    assert "secret" not in str(raised.value)


def test_a_slow_service_is_not_waited_for(service, http):
    service.slow = 0.4
    with pytest.raises(NoRecogniserError):
        at(service.base, http, timeout_seconds=0.05).hear(AUDIO, "audio/amr")


def test_a_service_that_is_down_is_left_alone_for_a_while(service, http):
    service.answers[PATH] = [(500, {})]
    speech = at(service.base, http, failures=3, rest_seconds=600)
    for _ in range(5):
        with pytest.raises(NoRecogniserError):
            speech.hear(AUDIO, "audio/amr")
    assert service.count(PATH) == 3


def test_it_is_asked_again_after_its_rest(service, http):
    good = service.answers[PATH]
    service.answers[PATH] = [(500, {})]
    speech = at(service.base, http, failures=1, rest_seconds=0)
    with pytest.raises(NoRecogniserError):
        speech.hear(AUDIO, "audio/amr")
    service.answers[PATH] = good
    assert speech.hear(AUDIO, "audio/amr").text == "锦绣江南三栋停电了"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [('\nurl = ""', '\nurl = "speech"', "url must be"), ("0.8", "8", "sure_from must be")],
)
def test_a_wrong_table_is_refused(tmp_path, old, new, words):
    text = (BUILT_IN / "voice.toml").read_text(encoding="utf-8")
    (tmp_path / "voice.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TableError, match=words):
        read("voice.toml", tmp_path, VoiceRules)
