"""Template messages: what the platform strips, and the event that tells how it ended."""

import re
import secrets
from typing import Any

from bot.simulator.gateway import Answer, Call, Table, get, post
from bot.simulator.parts.clock import MINUTE
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.people import Resident
from bot.simulator.parts.phones import resident_chat
from bot.simulator.parts.world import World
from bot.simulator.wechat.push import push_event

FIELD_LENGTH = 20
ONCE_FOR = 10 * MINUTE
STRIPPED = {"first", "remark"}
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
WORD = re.compile(r"[0-9A-Za-z]+|.", re.DOTALL)
SLOT = re.compile(r"\{\{(\w+)\.DATA\}\}")
OK = {"errcode": 0, "errmsg": "ok"}


def shown_value(value: str) -> str:
    """Cut as a phone shows it: no emoji, one line, 20 字, where 220V counts as one 字."""
    line = " ".join(EMOJI.sub("", value).split())
    return "".join(WORD.findall(line)[:FIELD_LENGTH])


def _lines(template: dict[str, Any] | None, values: dict[str, str]) -> list[str]:
    if template is None:
        return [f"{name}：{value}" for name, value in values.items()]
    lines = []
    for line in str(template["content"]).splitlines():
        if SLOT.fullmatch(line.strip()):
            continue  # a line that is nothing but a slot has been dropped since 2023-05
        lines.append(SLOT.sub(lambda slot: values.get(slot[1], ""), line))
    return lines


def _receiver(sim: World, openid: str) -> Resident:
    resident = sim.memory.residents.addressed(openid, sim.now())
    if resident is None:
        raise Refusal(40003)
    if not resident.subscribed:
        raise Refusal(43004)
    return resident


def _values(data: Any) -> dict[str, str]:
    if not isinstance(data, dict):
        raise Refusal(47003)
    for name, field in data.items():
        if not isinstance(field, dict) or "value" not in field:
            raise Refusal(47003, f"argument invalid! data.{name}.value is empty")
    return {
        name: shown_value(str(field["value"]))
        for name, field in data.items()
        if name not in STRIPPED
    }


def _deliver(sim: World, resident: Resident, call: Call, template_id: str) -> str:
    template = sim.memory.templates.get(template_id)
    values = _values(call.body.get("data"))
    if resident.blocks_templates:
        return "failed:user block"
    data = {
        "title": template["title"] if template else "服务通知",
        "lines": _lines(template, values),
        "url": call.body.get("url", ""),
        "values": values,
        "template_id": template_id,
    }
    text = "\n".join(data["lines"])
    sim.memory.phones.show(
        resident_chat(resident.openid), "account", text,
        at=sim.now(), via="template", kind="template", data=data,
    )  # fmt: skip
    return "success"


def send(sim: World, call: Call) -> Answer:
    resident = _receiver(sim, str(call.need("touser", 40003)))
    template_id = str(call.need("template_id", 40037))
    if sim.memory.templates and template_id not in sim.memory.templates:
        raise Refusal(40037)
    once = call.body.get("client_msg_id")
    key = f"template:{resident.openid}:{once}"
    before = sim.memory.sent_once.get(key)
    if once and before and sim.now() - before[0] < ONCE_FOR:
        return {**OK, "msgid": before[1]}
    status = _deliver(sim, resident, call, template_id)
    number = sim.next_id()
    if once:
        sim.memory.sent_once[key] = (sim.now(), number)
    event = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": number, "Status": status}
    sim.later(lambda: push_event(sim, resident.openid, event))
    return {**OK, "msgid": number}


def add(sim: World, call: Call) -> Answer:
    template_id = secrets.token_urlsafe(32)
    names = call.body.get("keyword_name_list", [])
    content = "\n".join(f"{name}：{{{{thing{i}.DATA}}}}" for i, name in enumerate(names, 1))
    title = str(call.need("template_id_short"))
    sim.memory.templates[template_id] = {"title": title, "content": content}
    return {**OK, "template_id": template_id}


def listed(sim: World, _call: Call) -> Answer:
    found = [
        {
            "template_id": template_id,
            "title": template["title"],
            "primary_industry": "能源",
            "deputy_industry": "电力",
            "content": template["content"],
            "example": "",
        }
        for template_id, template in sim.memory.templates.items()
    ]
    return {"template_list": found}


def delete(sim: World, call: Call) -> Answer:
    if sim.memory.templates.pop(str(call.body.get("template_id")), None) is None:
        raise Refusal(40037)
    return dict(OK)


TABLE: Table = {
    "cgi-bin/message/template/send": post(send),
    "cgi-bin/template/api_add_template": post(add),
    "cgi-bin/template/get_all_private_template": get(listed),
    "cgi-bin/template/del_private_template": post(delete),
}
