import json

import pytest
from flask import Response

from tests.bot.simulator.fake_product import WECHAT

FAULT = "该公众号提供的服务出现故障，请稍后再试"


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_message_and_its_reply_pass_in_every_mode(control, product, mode):
    control.trigger("drop", times=0, mode=mode)
    product.answer = lambda message: f"收到：{message['Content']}"
    outcome = control.send("锦绣江南3栋停电了", who="王芳")
    assert outcome["reply"]["text"] == "收到：锦绣江南3栋停电了"
    assert [bubble["text"] for bubble in control.phone("residents", control.resident("王芳"))] == [
        "锦绣江南3栋停电了",
        "收到：锦绣江南3栋停电了",
    ]
    assert product.queries[0]["openid"] == control.resident("王芳")


def test_safe_mode_shows_nothing_in_the_clear_and_compatible_mode_shows_both(control, product):
    control.send("停电了")
    control.trigger("drop", times=0, mode="compatible")
    control.send("停电了")
    safe, compatible = product.bodies
    assert "停电了" not in safe
    assert "停电了" in compatible
    assert "<Encrypt>" in compatible


@pytest.mark.parametrize("silence", ["", "success"])
def test_a_product_that_declines_to_answer_shows_nothing(control, product, silence):
    product.answer = lambda _: silence
    outcome = control.send("你好", who="王芳")
    assert outcome["reply"] is None
    assert not outcome["fault"]
    assert len(product.messages) == 1


def test_a_late_answer_is_asked_for_three_times_with_the_same_msgid(control, product):
    product.answer = lambda _: 0.8
    outcome = control.send("停电了", who="王芳")
    assert [attempt["error"] for attempt in outcome["attempts"]] == ["timeout"] * 3
    assert len({message["MsgId"] for message in product.messages}) == 1
    assert len({query["nonce"] for query in product.queries}) == 3
    assert control.phone("residents", control.resident("王芳"))[-1]["text"] == FAULT


def test_the_answer_to_a_later_delivery_is_taken(control, product):
    product.answer = lambda _: "来了" if len(product.messages) == 2 else 0.8
    outcome = control.send("停电了")
    assert outcome["reply"]["text"] == "来了"
    assert len(outcome["attempts"]) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Response("oops", status=500),
        '{"errcode": 0}',
        "字" * 683,
        (
            "<xml><ToUserName>somebody</ToUserName><FromUserName>gh_680bdefc8c5d</FromUserName>"
            "<MsgType>text</MsgType><Content>hi</Content></xml>"
        ),
    ],
    ids=["http 500", "json", "too long", "wrong receiver"],
)
def test_what_is_no_proper_reply_shows_the_fault_text(control, product, answer):
    product.answer = lambda _: answer
    outcome = control.send("你好", who="王芳")
    assert outcome["fault"]
    assert outcome["why"]
    assert control.phone("residents", control.resident("王芳"))[-1]["text"] == FAULT


def test_a_plain_reply_in_safe_mode_is_a_fault(control, product):
    product.answer = lambda _: Response("<xml><MsgType>text</MsgType></xml>")
    assert control.send("你好")["fault"]


def test_a_duplicate_has_the_same_msgid(control, product):
    product.answer = lambda _: "好"
    control.trigger("duplicate")
    outcome = control.send("停电了")
    assert [reply["text"] for reply in outcome["replies"]] == ["好", "好"]
    assert len({message["MsgId"] for message in product.messages}) == 1


def test_concurrent_duplicates_show_one_answer(control, product):
    product.answer = lambda _: "好"
    control.trigger("concurrent")
    control.send("停电了", who="王芳")
    assert len(product.messages) == 3
    shown = [bubble["text"] for bubble in control.phone("residents", control.resident("王芳"))]
    assert shown == ["停电了", "好"]


def test_a_dropped_message_never_arrives(control, product):
    control.trigger("drop")
    assert control.send("停电了")["dropped"]
    assert product.messages == []


def test_a_held_message_arrives_after_the_next_one(control, product):
    control.trigger("reorder")
    assert control.send("一", who="王芳")["held"]
    control.send("二", who="王芳")
    control.request("POST", "settle", json={})
    assert [message["Content"] for message in product.messages] == ["二", "一"]


def test_a_wrong_signature_and_a_stale_timestamp_can_be_ordered(control, simulator):
    control.trigger("bad_signature", times=2)
    control.send("停电了")
    entries = control.request("GET", "outbox", params={"direction": "callback"})["items"]
    assert entries[0]["status"] == 500
    control.trigger("stale")
    control.send("停电了")
    entries = control.request("GET", "outbox", params={"direction": "callback"})["items"]
    now = simulator.world.clock.stamp()
    assert now - int(entries[-1]["query"]["timestamp"]) >= 3600


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("image", {}, {"MsgType": "image"}),
        ("voice", {}, {"Format": "amr"}),
        ("video", {}, {"MsgType": "video"}),
        ("location", {"label": "莲溪路"}, {"Label": "莲溪路", "Scale": "15"}),
        ("link", {"title": "通知", "url": "https://a.example"}, {"Title": "通知"}),
        ("SCAN", {"scene": "community_C010"}, {"EventKey": "community_C010"}),
        ("subscribe", {"scene": "community_C010"}, {"EventKey": "qrscene_community_C010"}),
        ("unsubscribe", {}, {"Event": "unsubscribe"}),
        ("CLICK", {"key": "REPORT"}, {"Event": "CLICK", "EventKey": "REPORT"}),
        ("VIEW", {"url": "https://a.example"}, {"EventKey": "https://a.example"}),
        ("LOCATION", {}, {"Precision": "60.0"}),
    ],
)
def test_every_kind_of_message_and_event_has_its_fields(control, product, kind, fields, expected):
    control.send("", who="王芳", type=kind, **fields)
    assert expected.items() <= product.messages[0].items()
    assert ("MsgId" in product.messages[0]) == (product.messages[0]["MsgType"] != "event")


def test_text_with_a_cdata_end_arrives_whole(control, product):
    control.send("a]]>b<c>&amp;")
    assert product.messages[0]["Content"] == "a]]>b<c>&amp;"


def test_media_that_a_resident_sent_can_be_fetched(control, product, platform):
    control.send("", type="image")
    query = {"access_token": platform.wechat_token(), "media_id": product.messages[0]["MediaId"]}
    fetched = platform.http.get("/cgi-bin/media/get", params=query)
    assert fetched.content.startswith(b"\x89PNG")
    control.trigger("forward", seconds=3 * 86400 + 1)
    query["access_token"] = platform.wechat_token()
    assert platform.http.get("/cgi-bin/media/get", params=query).json()["errcode"] == 40007


def test_all_three_callback_addresses_verify(control):
    verified = control.trigger("verify")
    assert {name: part["verified"] for name, part in verified.items()} == {
        "wechat": True,
        "wecom": True,
        "aibot": True,
    }


def test_a_kind_that_nobody_knows_can_be_pushed(control, product):
    control.send("", fields={"MsgType": "hologram", "Depth": 3})
    assert (product.messages[0]["MsgType"], product.messages[0]["Depth"]) == ("hologram", "3")


def test_the_last_push_can_be_sent_again(control, product):
    product.answer = lambda _: "好"
    control.send("停电了", who="王芳")
    control.request("POST", f"residents/{control.resident('王芳')}/resend")
    first, second = product.messages
    assert first == second


def test_an_account_may_speak_json(control, product):
    control.trigger("drop", times=0, body_format="json", mode="plain")
    reply = {
        "FromUserName": WECHAT.original_id,
        "ToUserName": control.resident("王芳"),
        "MsgType": "text",
        "Content": "收到",
    }
    product.answer = lambda _: json.dumps(reply)
    assert control.send("停电了", who="王芳")["reply"]["text"] == "收到"
    assert json.loads(product.bodies[0])["Content"] == "停电了"
