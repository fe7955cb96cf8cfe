"""Any text in any state of a talk ends in words, and never in a fault of ours."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import log, wiring
from bot.conversation.sorry import DANGER, TROUBLE
from bot.demo_setup import demo_settings
from bot.parts import Parts
from handlers.dialogue.turn import Door, Inbound, InboundKind
from tests.scenarios.test_every_intent import TALKS
from tests.support.product import KEYS, MORNING, clock_at

COMMANDS = (
    "取消",
    "重来",
    "人工",
    "改",
    "改电话",
    "不对，是5栋",
    "跳过",
    "是",
    "不是",
    "帮助",
    "大字",
)
NUMBERS = (
    "0",
    "1",
    "2",
    "3",
    "5",
    "12",
    "１",
    "③",
    "第二个",
    "3栋2单元501",
    "3699988993",
    "19900000030",
)
NAMES = ("锦绣", "锦绣江南", "棉纺一厂宿舍3栋", "石宇航", "还没好", "非常满意", "[表情]", "？？？")
STRANGE = (
    "\u202e\u200b\u0000",
    "👨‍👩‍👧‍👦⚡️" * 20,
    "停" * 3000,
    "{{ 7*7 }}<xml>]]></xml>",
    "'; DROP TABLE tickets; --",
    "T2026112700001",
    "\n\n\t",
    "٣" * 11,
)
WORDS = st.one_of(
    st.sampled_from([words for _, words, _ in TALKS]),
    st.sampled_from(COMMANDS + NUMBERS + NAMES),
    st.sampled_from(STRANGE),
    st.text(max_size=60),
)
NEW = count()


@pytest.fixture(scope="module")
def parts(city_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copy(city_file, folder / city_file.name)
    log.configure("ERROR")
    made = wiring.build(demo_settings(folder, "http://127.0.0.1:9", KEYS), clock=clock_at(MORNING))
    yield made
    made.delivery.close()
    made.redis.close()
    made.database.close()


def said(parts: Parts, door: Door, user: str, text: str) -> str:
    inbound = Inbound(
        door=door,
        user_id=user,
        key=f"fuzz:{next(NEW)}",
        kind=InboundKind.TEXT,
        at=parts.clock.now(),
        text=text,
        chat_id="wrSample" if door == Door.AIBOT else "",
    )
    return parts.engine.respond(inbound).text


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(WORDS, min_size=1, max_size=7))
def test_a_resident_is_always_answered(parts: Parts, texts: list[str]) -> None:
    user = f"oFuzz{next(NEW)}"
    for text in texts:
        answer = said(parts, Door.OFFICIAL_ACCOUNT, user, text)
        assert answer.strip()
        assert answer not in {TROUBLE, DANGER}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=WORDS,
    verb=st.sampled_from(
        ["", "接单 ", "办结 ", "转派 ", "停电 ", "停电 故障 ", "回复 T2026112700001 "]
    ),
)
def test_staff_are_always_answered(parts: Parts, text: str, verb: str) -> None:
    answer = said(parts, Door.WECOM_APP, "chenjing", f"{verb}{text}")
    assert answer.strip()
    assert answer not in {TROUBLE, DANGER}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=WORDS)
def test_a_group_is_never_shown_a_fault(parts: Parts, text: str) -> None:
    assert said(parts, Door.AIBOT, "zhouzhiqiang", f"@用电小助手 {text}") not in {TROUBLE, DANGER}
