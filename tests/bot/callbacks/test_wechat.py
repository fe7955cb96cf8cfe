"""The Official Account's door, with the requests the platform makes."""

import json

import pytest
import xmltodict
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.callbacks import wechat
from bot.platforms.envelope import Envelope
from handlers.dialogue.turn import SILENCE, InboundKind, Reply
from tests.support import wire
from tests.support.wire import APP_ID, CLOCK, GH, KEY, OLD_KEY, TOKEN, Ear

PATH = "/wechat/callback"


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def plain(ear) -> FlaskClient:
    return wire.client_of(wechat.blueprint(Envelope(TOKEN, (), APP_ID), ear.respond, CLOCK))


@pytest.fixture
def safe(ear) -> FlaskClient:
    envelope = Envelope(TOKEN, (KEY, OLD_KEY), APP_ID)
    return wire.client_of(wechat.blueprint(envelope, ear.respond, CLOCK))


def push_plain(client: FlaskClient, fields: dict, **query) -> TestResponse:
    return client.post(PATH, query_string=wire.plain_query(**query), data=wire.xml(fields))


def push(client: FlaskClient, fields: dict | str, *, key: str = KEY, receiver: str = APP_ID,
         outer: dict | None = None, **query) -> TestResponse:  # fmt: skip
    message = fields if isinstance(fields, str) else wire.xml(fields)
    sealed = wire.seal(message, receiver, key)
    body = wire.xml({"ToUserName": GH, **(outer or {}), "Encrypt": sealed})
    return client.post(PATH, query_string=wire.sealed_query(sealed, **query), data=body)


def test_the_console_gets_its_echo_back(plain, safe):
    for client in (plain, safe):
        answer = client.get(PATH, query_string={**wire.plain_query(), "echostr": "5837"})
        assert (answer.status_code, answer.text) == (200, "5837")
        assert answer.mimetype == "text/plain"


def test_a_forged_check_of_the_url_is_refused(plain):
    query = {**wire.plain_query(), "echostr": "5837", "signature": "0" * 40}
    assert plain.get(PATH, query_string=query).status_code == 403
    stale = {**wire.plain_query(offset=-601), "echostr": "5837"}
    assert plain.get(PATH, query_string=stale).status_code == 403


def test_a_plain_message_is_answered_with_the_names_swapped(plain, ear):
    answer = push_plain(plain, wire.text())
    fields = xmltodict.parse(answer.text)["xml"]
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert (fields["ToUserName"], fields["FromUserName"]) == ("oWangFang", GH)
    assert (fields["MsgType"], fields["Content"]) == ("text", "收到")
    heard = ear.heard[0]
    assert (heard.key, heard.kind, heard.text) == (
        "wechat:1234567890123456", InboundKind.TEXT, "停电了",
    )  # fmt: skip


def test_a_sealed_message_is_answered_sealed(safe, ear):
    fields = wire.open_xml(push(safe, wire.text()), APP_ID)
    assert (fields["Content"], fields["FromUserName"]) == ("收到", GH)
    assert ear.heard[0].text == "停电了"


def test_compatible_mode_believes_the_sealed_part_alone(safe, ear):
    assert push(safe, wire.text("没电"), outer=wire.text("伪造的")).status_code == 200
    assert [inbound.text for inbound in ear.heard] == ["没电"]


def test_with_a_key_set_a_plain_body_is_refused(safe, ear):
    assert push_plain(safe, wire.text()).status_code == 403
    query = {**wire.plain_query(), "msg_signature": "0" * 40}
    assert safe.post(PATH, query_string=query, data=wire.xml(wire.text())).status_code == 400
    assert ear.heard == []


def test_a_message_under_the_key_before_is_answered_under_it(safe):
    answer = push(safe, wire.text(), key=OLD_KEY)
    assert wire.open_xml(answer, APP_ID, OLD_KEY)["Content"] == "收到"


@pytest.mark.parametrize("offset", [-601, 601, -86400])
def test_a_push_ten_minutes_off_is_refused(plain, safe, ear, offset):
    assert push_plain(plain, wire.text(), offset=offset).status_code == 403
    assert push(safe, wire.text(), offset=offset).status_code == 403
    assert ear.heard == []


@pytest.mark.parametrize("offset", [-599, 599])
def test_a_clock_somewhat_off_is_borne(plain, safe, offset):
    assert push_plain(plain, wire.text(), offset=offset).status_code == 200
    assert push(safe, wire.text(), offset=offset).status_code == 200


@pytest.mark.parametrize("stamp", ["", "abc", "١٧٠٠٠٠٠٠٠٠", "9" * 5000, "-1", "1e9"])
def test_a_timestamp_that_is_none_is_refused(plain, stamp):
    query = {"timestamp": stamp, "nonce": "n", "signature": wire.sign(TOKEN, stamp, "n")}
    assert plain.post(PATH, query_string=query, data=wire.xml(wire.text())).status_code == 403


@pytest.mark.parametrize("signature", ["", "0" * 40, "签名"])
def test_a_wrong_signature_is_refused(plain, safe, ear, signature):
    query = {**wire.plain_query(), "signature": signature}
    assert plain.post(PATH, query_string=query, data=wire.xml(wire.text())).status_code == 403
    sealed = wire.seal(wire.xml(wire.text()), APP_ID)
    query = {**wire.sealed_query(sealed), "msg_signature": signature}
    body = wire.xml({"Encrypt": sealed})
    assert safe.post(PATH, query_string=query, data=body).status_code == 403
    assert ear.heard == []


def test_both_signatures_of_a_sealed_push_must_hold(safe, ear):
    sealed = wire.seal(wire.xml(wire.text()), APP_ID)
    query = wire.sealed_query(sealed)
    body = wire.xml({"Encrypt": sealed})
    right = wire.sign(TOKEN, query["timestamp"], query["nonce"])
    for signature, status in ((right, 200), ("0" * 40, 403), ("", 403)):
        signed = {**query, "signature": signature}
        assert safe.post(PATH, query_string=signed, data=body).status_code == status
    assert len(ear.heard) == 1


def test_another_receiver_is_refused(safe):
    assert push(safe, wire.text(), receiver="wxfffffffffffffff0").status_code == 403
    assert push(safe, wire.text(), receiver="").status_code == 403
    assert push(safe, wire.text(), key="x" * 43).status_code == 403


@pytest.mark.parametrize(
    "plain_bytes",
    [
        wire.framed(b"<xml/>", APP_ID)[:-1] + b"\x00",
        wire.framed(b"<xml/>", APP_ID)[:-1] + b"\x21",
        wire.framed(b"<xml/>", APP_ID)[:-2] + b"\x00" + wire.framed(b"<xml/>", APP_ID)[-1:],
        b"\x20" * 32,
        b"0" * 16 + b"\xff\xff\xff\xff" + b"\x0c" * 12,
        b"",
    ],
)
def test_a_broken_frame_is_refused(safe, plain_bytes):
    sealed = wire.encrypt_raw(plain_bytes)
    body = wire.xml({"Encrypt": sealed})
    answer = safe.post(PATH, query_string=wire.sealed_query(sealed), data=body)
    assert answer.status_code in {400, 403}
    assert answer.status_code == 403 or not sealed


@pytest.mark.parametrize("sealed", ["!!!", "abc", "QUJD", "中文", "A" * 4001])
def test_what_is_no_ciphertext_is_refused(safe, sealed):
    body = wire.xml({"Encrypt": sealed})
    answer = safe.post(PATH, query_string=wire.sealed_query(sealed), data=body)
    assert answer.status_code == 403


def test_a_body_over_64_kb_is_too_long(plain, safe, ear):
    body = wire.xml(wire.text("停" * 30000))
    for client in (plain, safe):
        assert client.post(PATH, query_string=wire.plain_query(), data=body).status_code == 413
    exact = wire.xml(wire.text(""))
    exact = wire.xml(wire.text("a" * ((64 << 10) - len(exact))))
    assert len(exact.encode()) == 64 << 10
    assert plain.post(PATH, query_string=wire.plain_query(), data=exact).status_code == 200
    longer = exact.replace("aa", "aaa", 1)
    assert plain.post(PATH, query_string=wire.plain_query(), data=longer).status_code == 413
    assert len(ear.heard) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"not xml", b"<xml>", b"<xml></xml>", b"<html><a>1</a></html>", b"\xff\xfe", b"{", b"[]",
        b'{"MsgType":"text"}', b"<xml><MsgType>text</MsgType></xml>", b"{" * 30000,
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>',
        b"<xml><FromUserName>o1</FromUserName></xml>", b"<a>" * 15000,
        b'{"a":' + b"1" * 5000 + b"}",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_bad_request(plain, safe, ear, body):
    assert plain.post(PATH, query_string=wire.plain_query(), data=body).status_code == 400
    sealed = wire.seal(body, APP_ID)
    answer = safe.post(
        PATH, query_string=wire.sealed_query(sealed), data=wire.xml({"Encrypt": sealed})
    )
    assert answer.status_code == 400
    assert ear.heard == []


def test_a_reply_may_hold_what_would_end_its_section(safe, ear):
    ear.reply = Reply("a]]>b<c>&]]]]>>\x0b\x00 😀")
    assert wire.open_xml(push(safe, wire.text()), APP_ID)["Content"] == "a]]>b<c>&]]]]>> 😀"


@pytest.mark.parametrize("sender", ["o]]><Content>x", "o&lt;"])
def test_a_sender_with_marks_is_answered_as_such(plain, sender):
    answer = push_plain(plain, wire.text(FromUserName=sender))
    assert xmltodict.parse(answer.text)["xml"]["ToUserName"] == sender


def test_silence_is_the_word_success(plain, safe, ear):
    ear.reply = SILENCE
    for answer in (push_plain(plain, wire.text()), push(safe, wire.text())):
        assert (answer.status_code, answer.text) == (200, "success")


def test_a_long_reply_is_cut_at_what_the_platform_takes(plain, ear):
    ear.reply = Reply("停电时间说明。" * 200)
    content = xmltodict.parse(push_plain(plain, wire.text()).text)["xml"]["Content"]
    assert 300 < len(content) <= 600
    assert content.endswith("。")


def test_our_own_trouble_is_told_in_words(plain, safe, ear):
    ear.trouble = RuntimeError("a bug")
    answer = push_plain(plain, wire.text())
    assert answer.status_code == 200
    assert "95598" in xmltodict.parse(answer.text)["xml"]["Content"]
    assert "95598" in wire.open_xml(push(safe, wire.text()), APP_ID)["Content"]


def test_a_json_push_is_answered_in_json(plain, safe, ear):
    body = json.dumps({**wire.text(), "MsgId": 77, "CreateTime": int(wire.stamp())})
    answer = plain.post(PATH, query_string=wire.plain_query(), data=body)
    assert answer.json["Content"] == "收到"
    sealed = wire.seal(body, APP_ID)
    envelope = json.dumps({"ToUserName": GH, "Encrypt": sealed})
    answer = safe.post(PATH, query_string=wire.sealed_query(sealed), data=envelope)
    signed = (TOKEN, str(answer.json["TimeStamp"]), answer.json["Nonce"], answer.json["Encrypt"])
    assert answer.json["MsgSignature"] == wire.sign(*signed)
    assert json.loads(wire.unseal(answer.json["Encrypt"], APP_ID))["Content"] == "收到"
    assert [inbound.key for inbound in ear.heard] == ["wechat:77", "wechat:77"]


def test_half_a_character_in_json_does_not_break_the_answer(plain, ear):
    body = json.dumps({**wire.text("没电\ud83d"), "FromUserName": "o\udc00x\0"})
    answer = plain.post(PATH, query_string=wire.plain_query(), data=body)
    assert answer.status_code == 200
    assert ear.heard[0].text.startswith("没电")
    assert "\0" not in ear.heard[0].user_id


def test_a_picture_of_ours_is_a_reply_too(plain, ear):
    ear.reply = Reply("", card={"msgtype": "image", "media_id": "M1"})
    fields = xmltodict.parse(push_plain(plain, wire.text()).text)["xml"]
    assert (fields["MsgType"], fields["Image"]["MediaId"]) == ("image", "M1")


def test_one_article_is_a_reply_too(plain, ear):
    ear.reply = Reply("", card={"msgtype": "news", "title": "停电公告", "url": "https://x/1"})
    fields = xmltodict.parse(push_plain(plain, wire.text()).text)["xml"]
    assert fields["Articles"]["item"]["Title"] == "停电公告"
    assert fields["ArticleCount"] == "1"


def test_a_refusal_leaves_no_trace_of_the_body(plain, capsys, caplog):
    push_plain(plain, wire.text("身份证 360402199001011234"), token="wrong")
    body = "<xml>13812345678"
    plain.post(PATH, query_string=wire.plain_query(), data=body)
    logged = caplog.text + "".join(capsys.readouterr())
    assert "push_refused" in logged
    assert "360402" not in logged
    assert "1381234" not in logged


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_ours(plain, method):
    assert getattr(plain, method)(PATH).status_code == 405
