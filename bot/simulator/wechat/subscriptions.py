"""Subscription notices (订阅通知): one accepted popup, one message; values are checked strictly."""

import re
from typing import Any

from bot.simulator.gateway import Answer, Call, Table, post
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.phones import resident_chat
from bot.simulator.parts.world import World
from bot.simulator.wechat.push import push_event

LONG_TERM = 10**9
# Each key's rule, by the letters before its number.
RULES = {
    "thing": r".{1,20}",
    "name": r"[一-鿿·]{1,10}|[A-Za-z .]{1,20}",
    "number": r"\d{1,32}(\.\d+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[!-~]{1,32}",
    "phone_number": r"[\d+\-() ]{1,17}",
    "car_number": r".{1,8}",
    "amount": r"[¥$￥]?\d{1,10}(\.\d{1,2})?元?",
    "phrase": r"[一-鿿]{1,5}",
    "time": r"(\d{4}年\d{1,2}月\d{1,2}日\s?)?\d{1,2}:\d{2}(:\d{2})?([~～].+)?",
    "date": r"\d{4}年\d{1,2}月\d{1,2}日(\s?\d{1,2}:\d{2})?([~～].+)?",
}


def check_values(data: Any) -> dict[str, str]:
    if not isinstance(data, dict) or not data:
        raise Refusal(47003)
    values = {}
    for name, field in data.items():
        value = str(field.get("value", "")) if isinstance(field, dict) else ""
        rule = RULES.get(name.rstrip("0123456789"), r".{1,32}")
        if not re.fullmatch(rule, value):
            raise Refusal(47003, f"argument invalid! data.{name}.value invalid")
        values[name] = value
    return values


def send(sim: World, call: Call) -> Answer:
    openid = str(call.need("touser", 40003))
    template_id = str(call.need("template_id", 40037))
    resident = sim.memory.residents.addressed(openid, sim.now())
    if resident is None:
        raise Refusal(40003)
    values = check_values(call.body.get("data"))
    if resident.subscriptions[template_id] <= 0:
        raise Refusal(43101)
    if resident.subscriptions[template_id] < LONG_TERM:
        resident.subscriptions[template_id] -= 1
    lines = [f"{name}：{value}" for name, value in values.items()]
    data = {"title": "订阅通知", "lines": lines, "url": call.body.get("page", ""), "values": values}
    sim.memory.phones.show(
        resident_chat(openid), "account", "\n".join(lines),
        at=sim.now(), via="subscription", kind="template", data=data,
    )  # fmt: skip
    result = {
        "TemplateId": template_id,
        "MsgID": sim.next_id(),
        "ErrorCode": 0,
        "ErrorStatus": "success",
    }
    event = {"Event": "subscribe_msg_sent_event", "SubscribeMsgSentEvent": {"List": result}}
    sim.later(lambda: push_event(sim, openid, event))
    return {"errcode": 0, "errmsg": "ok"}


TABLE: Table = {"cgi-bin/message/subscribe/bizsend": post(send)}
