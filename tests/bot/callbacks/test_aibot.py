"""The group bot's door."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.callbacks import aibot
from bot.platforms.envelope import Envelope
from handlers.dialogue.turn import SILENCE, Door, InboundKind, Reply
from tests.support import wire
from tests.support.wire import CLOCK, KEY, OLD_KEY, TOKEN, Ear

PATH = "/aibot/callback"


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def client(ear) -> FlaskClient:
    return wire.client_of(aibot.blueprint(Envelope(TOKEN, (KEY, OLD_KEY), ""), ear.respond, CLOCK))


def message(**more: Any) -> dict:
    return {
        "msgid": "CAIQ1", "aibotid": "AIB", "chatid": "wrGroup", "chattype": "group",
        "from": {"userid": "zhou"}, "response_url": "https://x/cgi-bin/aibot/response?response_code=c",
        "msgtype": "text", "text": {"content": "@用电小助手 锦绣花园停电了吗"}, **more,
    }  # fmt: skip


def happened(name: str, **details: Any) -> dict:
    event = {"eventtype": name, name: details}
    return message(msgtype="event", create_time=int(wire.stamp()), event=event)


def push(client: FlaskClient, fields: Any, key: str = KEY) -> TestResponse:
    sealed = wire.seal(json.dumps(fields), "", key)
    body = json.dumps({"encrypt": sealed})
    return client.post(PATH, query_string=wire.sealed_query(sealed, nonce="nn"), data=body)


def test_the_console_gets_its_decrypted_echo(client):
    sealed = wire.seal("echo", "")
    answer = client.get(PATH, query_string={**wire.sealed_query(sealed), "echostr": sealed})
    assert (answer.status_code, answer.text) == (200, "echo")


def test_a_question_in_a_group_gets_a_finished_stream(client, ear):
    answer = push(client, message())
    assert wire.open_json(answer) == {
        "msgtype": "stream", "stream": {"id": "CAIQ1", "finish": True, "content": "收到"},
    }  # fmt: skip
    assert answer.json["nonce"] == "nn"
    assert isinstance(answer.json["timestamp"], int)
    heard = ear.heard[0]
    assert (heard.door, heard.user_id, heard.chat_id) == (Door.AIBOT, "zhou", "wrGroup")
    assert (heard.key, heard.kind, heard.text) == (
        "aibot:CAIQ1", InboundKind.TEXT, "锦绣花园停电了吗",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("@用电小助手\u2005停电了", "停电了"),
        ("停电了 @用电小助手", "停电了"),
        ("@用电小助手", ""),
        ("@用电小助手 发到 a@b.cn 吗", "发到 a@b.cn 吗"),
    ],
)
def test_the_bots_name_is_not_part_of_the_question(client, ear, said, heard):
    push(client, message(text={"content": said}))
    assert ear.heard[0].text == heard


def test_a_quote_is_told_from_the_question(client, ear):
    quote = {"msgtype": "text", "text": {"content": "3 栋没电"}}
    push(client, message(quote=quote))
    assert ear.heard[0].quoted_text == "3 栋没电"


def test_text_mixed_with_pictures_is_a_text(client, ear):
    pieces = [
        {"msgtype": "text", "text": {"content": "@用电小助手 这里"}},
        {"msgtype": "image", "image": {"url": "https://ww-aibot.example/1"}},
        {"msgtype": "text", "text": {"content": "冒烟"}},
    ]
    push(client, message(msgtype="mixed", mixed={"msg_item": pieces}))
    assert ear.heard[0].text == "这里\n冒烟"
    assert ear.heard[0].facts["files"] == ["https://ww-aibot.example/1"]


def test_a_voice_comes_as_words(client, ear):
    push(client, message(msgtype="voice", voice={"content": "停电了"}, chattype="single"))
    assert (ear.heard[0].kind, ear.heard[0].text) == (InboundKind.VOICE, "停电了")


def test_a_poll_of_a_stream_has_the_key_of_its_message(client, ear):
    answer = push(client, message(msgid="CAIQ2", msgtype="stream", stream={"id": "CAIQ1"}))
    assert ear.heard[0].key == "aibot:CAIQ1"
    assert wire.open_json(answer)["stream"] == {"id": "CAIQ1", "finish": True, "content": "收到"}


def test_whoever_enters_the_chat_is_greeted_in_text(client, ear):
    ear.reply = Reply("您好")
    answer = wire.open_json(push(client, happened("enter_chat")))
    assert answer == {"msgtype": "text", "text": {"content": "您好"}}


def test_a_pressed_card_is_replaced(client, ear):
    ear.reply = Reply("", card={"title": "已接单", "url": "https://x/1"})
    chosen = {"selected_item": [{"question_key": "q", "option_ids": {"option_id": ["a"]}}]}
    fields = happened("template_card_event", card_type="button_interaction",
                      event_key="accept", task_id="t-1", selected_items=chosen)  # fmt: skip
    answer = wire.open_json(push(client, fields))
    assert (answer["response_type"], answer["userids"]) == ("update_template_card", ["zhou"])
    assert answer["template_card"]["task_id"] == "t-1"
    heard = ear.heard[0]
    assert (heard.event, heard.event_key) == ("template_card_event", "accept")
    assert heard.facts["selected"] == {"q": ["a"]}


def test_feedback_is_answered_with_an_empty_body(client, ear):
    answer = push(client, happened("feedback_event", id="f", type=2, content="答非所问"))
    assert (answer.status_code, answer.data) == (200, b"")
    assert ear.heard[0].facts["content"] == "答非所问"


def test_silence_is_an_empty_body(client, ear):
    ear.reply = SILENCE
    assert push(client, message()).data == b""


def test_the_key_before_still_opens(client):
    sealed = wire.seal(json.dumps(message()), "", OLD_KEY)
    answer = client.post(PATH, query_string=wire.sealed_query(sealed), json={"encrypt": sealed})
    assert json.loads(wire.unseal(answer.json["encrypt"], "", OLD_KEY))["msgtype"] == "stream"


def test_a_long_answer_is_cut(client, ear):
    ear.reply = Reply("停电" * 10000)
    content = wire.open_json(push(client, message()))["stream"]["content"]
    assert len(content.encode()) <= 20480


def test_our_own_trouble_is_told_in_words(client, ear):
    ear.trouble = ValueError("a bug")
    assert "95598" in wire.open_json(push(client, message()))["stream"]["content"]


@pytest.mark.parametrize("fields", [[], "x", {}, {"msgtype": "text"}, {"msgid": "1"},
                                    {"msgid": "1", "msgtype": "stream"}])  # fmt: skip
def test_what_says_too_little_is_a_bad_request(client, fields):
    assert push(client, fields).status_code == 400


def test_an_unsigned_question_is_refused(client, ear):
    assert client.post(PATH, json={"encrypt": "x"}).status_code == 403
    sealed = wire.seal(json.dumps(message()), "someone else")
    body = json.dumps({"encrypt": sealed})
    assert client.post(PATH, query_string=wire.sealed_query(sealed), data=body).status_code == 403
    assert ear.heard == []
