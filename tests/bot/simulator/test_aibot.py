import pytest

from bot.simulator.client import SimulatorError


@pytest.fixture(autouse=True)
def group(control):
    body = {"target": "inner1", "kind": "appchat", "name": "物业群"}
    control.request("POST", "groups", json=body)


def stream(text, *, finish):
    return {"msgtype": "stream", "stream": {"id": "S1", "finish": finish, "content": text}}


def shown(control):
    return [bubble["text"] for bubble in control.phone("groups", "inner1")]


def test_an_answer_at_once_shows_in_the_group(control, product):
    product.answer = lambda _: stream("今天没有停电", finish=True)
    control.group_sends("inner1", "liuxiaoyan", "今天停电吗")
    asked = product.messages[0]
    assert asked["text"]["content"] == "@用电小助手 今天停电吗"
    assert (asked["chattype"], asked["chatid"]) == ("group", "inner1")
    assert asked["from"] == {"userid": "liuxiaoyan"}
    assert shown(control)[-1] == "今天没有停电"


def test_a_stream_is_polled_until_it_is_finished_in_one_bubble(control, product):
    product.streams = [
        stream("正在查", finish=False),
        stream("正在查…", finish=False),
        stream("查到了", finish=True),
    ]
    control.group_sends("inner1", "liuxiaoyan", "停电吗")
    assert [message["msgtype"] for message in product.messages] == ["text", "stream", "stream"]
    assert shown(control) == ["@用电小助手 停电吗", "查到了"]
    assert "response_url" not in product.messages[1]


def test_a_response_url_takes_one_answer(control, product, platform):
    control.group_sends("inner1", "liuxiaoyan", "停电吗")
    url = product.messages[0]["response_url"]
    body = {"msgtype": "markdown", "markdown": {"content": "晚些时候的回答"}}
    codes = [platform.http.post(url, json=body).json()["errcode"] for _ in range(2)]
    assert codes == [0, 40058]
    assert shown(control)[-1] == "晚些时候的回答"


def test_a_response_url_dies_after_an_hour(control, product, platform):
    control.group_sends("inner1", "liuxiaoyan", "停电吗")
    control.trigger("forward", seconds=3601)
    body = {"msgtype": "markdown", "markdown": {"content": "太晚了"}}
    answer = platform.http.post(product.messages[0]["response_url"], json=body)
    assert answer.json()["errcode"] == 40058


def test_what_does_not_mention_the_bot_is_not_pushed(control, product):
    body = {"userid": "liuxiaoyan", "content": "吃饭了", "mention": False}
    control.request("POST", "groups/inner1/send", json=body)
    assert product.messages == []
    assert shown(control) == ["吃饭了"]


def test_the_bot_is_not_in_customer_groups_unless_switched_on(control, product):
    control.request("POST", "groups", json={"target": "wr1", "kind": "customer"})
    with pytest.raises(SimulatorError, match="客户群"):
        control.group_sends("wr1", "liuxiaoyan", "停电吗")
    control.request("POST", "switches", json={"aibot_in_customer_groups": True})
    control.group_sends("wr1", "liuxiaoyan", "停电吗")
    assert product.messages[0]["chatid"] == "wr1"


def test_a_single_chat_with_the_bot_has_no_chatid(control, product):
    product.answer = lambda _: stream("您好", finish=True)
    body = {"to": "bot", "content": "你好"}
    control.request("POST", "members/liuxiaoyan/send", json=body)
    assert product.messages[0]["chattype"] == "single"
    assert "chatid" not in product.messages[0]
    assert control.phone("members", "liuxiaoyan")[-1]["text"] == "您好"


def test_a_button_of_the_bots_card_is_pushed_once(control, product):
    card = {
        "card_type": "button_interaction",
        "task_id": "B1",
        "main_title": {"title": "要人工吗"},
        "button_list": [{"text": "要", "key": "yes"}],
    }
    product.answer = lambda message: (
        {"msgtype": "template_card", "template_card": card}
        if message["msgtype"] == "text"
        else {
            "response_type": "update_template_card",
            "template_card": {**card, "main_title": {"title": "已转人工"}},
        }
    )
    control.group_sends("inner1", "liuxiaoyan", "人工")
    body = {"userid": "liuxiaoyan", "key": "yes"}
    control.request("POST", "groups/inner1/press", json=body)
    event = product.messages[-1]["event"]
    assert event["template_card_event"]["event_key"] == "yes"
    bubble = control.phone("groups", "inner1")[-1]
    assert bubble["data"]["card"]["main_title"]["title"] == "已转人工"


def test_a_quote_and_an_event_can_be_pushed(control, product):
    quote = {"msgtype": "text", "text": {"content": "停电通知"}}
    body = {"userid": "liuxiaoyan", "content": "几点来电", "fields": {"quote": quote}}
    control.request("POST", "groups/inner1/send", json=body)
    assert product.messages[-1]["quote"] == quote
    entered = {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
    body = {"to": "bot", "fields": entered}
    control.request("POST", "members/liuxiaoyan/send", json=body)
    assert product.messages[-1]["event"]["eventtype"] == "enter_chat"
