"""The WeCom application's door."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.callbacks import wecom
from bot.platforms.envelope import Envelope
from handlers.dialogue.turn import SILENCE, Door, Reply
from tests.support import wire
from tests.support.wire import CLOCK, CORP_ID, KEY, OLD_KEY, TOKEN, Ear

PATH = "/wecom/callback"
CARD = {
    "title": "T2026112400001 已接单", "desc": "锦绣花园", "rows": [["地址", "锦绣花园 3 栋"]],
    "buttons": [["到场", "arrive:T1"]], "url": "https://power.example.cn/t/1",
}  # fmt: skip


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def client(ear) -> FlaskClient:
    envelope = Envelope(TOKEN, (KEY, OLD_KEY), CORP_ID)
    return wire.client_of(wecom.blueprint(envelope, ear.respond, CLOCK))


def push(client: FlaskClient, fields: dict, key: str = KEY) -> TestResponse:
    fields = {**fields, "ToUserName": CORP_ID, "FromUserName": "zhou", "AgentID": "1000002"}
    sealed = wire.seal(wire.xml(fields), CORP_ID, key)
    body = wire.xml({"ToUserName": CORP_ID, "AgentID": "1000002", "Encrypt": sealed})
    return client.post(PATH, query_string=wire.sealed_query(sealed), data=body)


def pressed(**more: str) -> dict:
    return wire.event("template_card_event", EventKey="accept:T1", TaskId="t-1",
                      CardType="button_interaction", ResponseCode="RC", **more)  # fmt: skip


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
def test_the_console_gets_its_decrypted_echo(client, key):
    sealed = wire.seal("1616140317555161061", CORP_ID, key)
    answer = client.get(PATH, query_string={**wire.sealed_query(sealed), "echostr": sealed})
    assert (answer.status_code, answer.text) == (200, "1616140317555161061")


def test_a_forged_echo_is_refused(client):
    sealed = wire.seal("1", "another")
    query = {**wire.sealed_query(sealed), "echostr": sealed}
    assert client.get(PATH, query_string=query).status_code == 403
    good = wire.seal("1", CORP_ID)
    for wrong in ({"msg_signature": "0" * 40}, {"echostr": ""}, {"timestamp": wire.stamp(-700)}):
        query = {**wire.sealed_query(good), "echostr": good, **wrong}
        assert client.get(PATH, query_string=query).status_code == 403
    assert client.get(PATH).status_code == 403


def test_a_members_message_is_answered(client, ear):
    fields = wire.open_xml(push(client, wire.text("我的工单")), CORP_ID)
    assert (fields["ToUserName"], fields["FromUserName"]) == ("zhou", CORP_ID)
    assert fields["Content"] == "收到"
    assert (ear.heard[0].door, ear.heard[0].user_id) == (Door.WECOM_APP, "zhou")


def test_the_answer_takes_the_key_of_the_push(client):
    answer = push(client, wire.text(), OLD_KEY)
    assert wire.open_xml(answer, CORP_ID, OLD_KEY)["Content"] == "收到"


def test_silence_is_the_word_success(client, ear):
    ear.reply = SILENCE
    assert push(client, wire.event("enter_agent", EventKey="")).text == "success"


def test_a_pressed_button_gets_new_words(client, ear):
    ear.reply = Reply("", card={"done": "已接单"})
    fields = wire.open_xml(push(client, pressed()), CORP_ID)
    assert (fields["MsgType"], fields["Button"]["ReplaceName"]) == ("update_button", "已接单")


def test_a_pressed_card_is_replaced_as_a_whole(client, ear):
    ear.reply = Reply("已接单", card={**CARD, "done": "已接单"})
    fields = wire.open_xml(push(client, pressed()), CORP_ID)
    card = fields["TemplateCard"]
    assert fields["MsgType"] == "update_template_card"
    assert (card["CardType"], card["ReplaceText"]) == ("button_interaction", "已接单")
    assert card["MainTitle"]["Title"] == "T2026112400001 已接单"
    assert card["HorizontalContentList"] == {"KeyName": "地址", "Value": "锦绣花园 3 栋"}
    assert card["ButtonList"]["Key"] == "arrive:T1"
    assert card["TaskId"] == "t-1"


def test_a_card_in_a_talk_is_told_in_words(client, ear):
    ear.reply = Reply("已接单", card=CARD)
    assert wire.open_xml(push(client, wire.text()), CORP_ID)["Content"] == "已接单"


def test_our_own_trouble_is_told_in_words(client, ear):
    ear.trouble = KeyError("a bug")
    assert "95598" in wire.open_xml(push(client, wire.text()), CORP_ID)["Content"]


def test_a_card_we_built_wrong_is_our_own_trouble(client, ear):
    ear.reply = Reply("", card={"title": "x", "rows": 5, "url": "https://x"})
    assert "95598" in wire.open_xml(push(client, pressed()), CORP_ID)["Content"]


def test_there_is_no_plain_mode(client, ear):
    answer = client.post(PATH, query_string=wire.plain_query(), data=wire.xml(wire.text()))
    assert answer.status_code == 403
    assert ear.heard == []
