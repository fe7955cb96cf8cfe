"""Whatever is thrown at a door, it answers 2xx or 4xx and tells the engine nothing forged."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.callbacks import aibot, wechat, wecom
from bot.platforms.envelope import Envelope
from tests.support import wire
from tests.support.wire import APP_ID, CLOCK, CORP_ID, KEY, TOKEN, Ear

NAMES = ["MsgType", "FromUserName", "ToUserName", "CreateTime", "Content", "MsgId", "Event",
         "EventKey", "Location_X", "Location_Y", "SelectedItems", "SelectedItem", "List",
         "ScanCodeInfo", "SendLocationInfo", "SubscribeMsgPopupEvent", "QuestionKey", "OptionIds",
         "msgid", "msgtype", "from", "text", "event", "quote", "mixed", "msg_item", "stream",
         "eventtype", "template_card_event", "selected_items", "content", "userid", "id"]  # fmt: skip
WORDS = [
    "text",
    "event",
    "stream",
    "mixed",
    "template_card_event",
    "subscribe",
    "CLICK",
    "1",
    "nan",
]

leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text()
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=25,
)
pushes = st.dictionaries(st.sampled_from(NAMES), values, max_size=12)
often = settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)


def doors() -> list[tuple[str, FlaskClient, Ear]]:
    """Each door with its client, its receiver id and what stands behind it."""
    made = []
    for name, module, envelope in (
        ("plain", wechat, Envelope(TOKEN, (), APP_ID)),
        ("wechat", wechat, Envelope(TOKEN, (KEY,), APP_ID)),
        ("wecom", wecom, Envelope(TOKEN, (KEY,), CORP_ID)),
        ("aibot", aibot, Envelope(TOKEN, (KEY,), "")),
    ):
        ear = Ear()
        made.append((name, wire.client_of(module.blueprint(envelope, ear.respond, CLOCK)), ear))
    return made


DOORS = {name: (client, ear) for name, client, ear in doors()}
RECEIVERS = {"wechat": APP_ID, "wecom": CORP_ID, "aibot": ""}
PATHS = {"plain": wechat.PATH, "wechat": wechat.PATH, "wecom": wecom.PATH, "aibot": aibot.PATH}


def post(name: str, body: bytes | str, query: Any) -> int:
    return DOORS[name][0].post(PATHS[name], query_string=query, data=body).status_code


def push(name: str, message: bytes) -> int:
    """A message that really comes from the platform, however strange it is."""
    if name == "plain":
        return post(name, message, wire.plain_query())
    sealed = wire.seal(message, RECEIVERS[name])
    wrapped = json.dumps({"encrypt": sealed}) if name == "aibot" else wire.xml({"Encrypt": sealed})
    return post(name, wrapped, wire.sealed_query(sealed))


@pytest.mark.parametrize("name", DOORS)
@often
@given(st.binary(max_size=300), st.dictionaries(
    st.sampled_from(["signature", "msg_signature", "timestamp", "nonce", "encrypt_type"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50)))  # fmt: skip
def test_unsigned_bytes_are_refused(name, body, query):
    before = len(DOORS[name][1].heard)
    assert post(name, body, query) in {400, 403}
    path = PATHS[name]
    assert DOORS[name][0].get(path, query_string=query).status_code in {400, 403}
    assert len(DOORS[name][1].heard) == before


@pytest.mark.parametrize("name", DOORS)
@often
@given(st.binary(max_size=300))
def test_signed_bytes_are_read_or_a_bad_request(name, message):
    assert push(name, message) in {200, 400}


@pytest.mark.parametrize("name", DOORS)
@often
@given(pushes)
def test_signed_json_of_any_shape_is_read_or_a_bad_request(name, fields):
    assert push(name, json.dumps(fields).encode()) in {200, 400}


@pytest.mark.parametrize("name", ["plain", "wechat", "wecom"])
@often
@given(st.recursive(
    st.text(st.characters(codec="utf-8", exclude_characters="<>&", min_codepoint=32)),
    lambda inner: st.lists(
        st.tuples(st.sampled_from(NAMES), inner).map(lambda pair: "<{0}>{1}</{0}>".format(*pair)),
        max_size=6).map("".join), max_leaves=20))  # fmt: skip
def test_signed_xml_of_any_shape_is_read_or_a_bad_request(name, inside):
    assert push(name, f"<xml>{inside}</xml>".encode()) in {200, 400}


@pytest.mark.parametrize("name", ["wechat", "wecom", "aibot"])
@often
@given(st.binary(max_size=200))
def test_a_signed_envelope_with_anything_inside_is_refused(name, plain):
    sealed = wire.encrypt_raw(plain[: len(plain) // 16 * 16] or b"0" * 16)
    body = json.dumps({"encrypt": sealed}) if name == "aibot" else wire.xml({"Encrypt": sealed})
    assert post(name, body, wire.sealed_query(sealed)) == 403


@often
@given(values)
def test_an_envelope_of_any_shape_is_refused(value):
    body = json.dumps({"encrypt": value})
    assert post("aibot", body, wire.sealed_query("x")) in {400, 403}
