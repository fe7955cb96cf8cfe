"""Group chats that the application itself created."""

import re
import secrets
from typing import Any

from bot.simulator.gateway import Answer, Call, Table, get, post
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.groups import Group, GroupKind
from bot.simulator.parts.phones import group_chat
from bot.simulator.parts.world import World
from bot.simulator.wecom.messages import read_content

OK = {"errcode": 0, "errmsg": "ok"}
CHATID = re.compile(r"[0-9a-zA-Z]{1,32}")
MEMBERS = (2, 2000)


def _group(sim: World, chatid: str) -> Group:
    if not chatid:
        raise Refusal(40050)
    group = sim.memory.groups.addressed(chatid, GroupKind.APPCHAT)
    if group is None:
        raise Refusal(86003)
    if group.foreign:
        raise Refusal(86008)
    return group


def _check_members(sim: World, userids: list[str]) -> None:
    if not all(sim.memory.members.addressed(userid) for userid in userids):
        raise Refusal(40031)


def create(sim: World, call: Call) -> Answer:
    members: list[str] = call.body.get("userlist", [])
    chatid = str(call.body.get("chatid") or secrets.token_hex(16))
    if not CHATID.fullmatch(chatid):
        raise Refusal(40050)
    if sim.memory.groups.get(chatid):
        raise Refusal(86215)
    if not MEMBERS[0] <= len(members) <= MEMBERS[1]:
        raise Refusal(86006, "invalid userlist size")
    _check_members(sim, members)
    owner = str(call.body.get("owner") or members[0])
    name = str(call.body.get("name") or "群聊")
    sim.memory.groups.add(Group(chatid, GroupKind.APPCHAT, name, owner, members))
    return {**OK, "chatid": chatid}


def read(sim: World, call: Call) -> Answer:
    group = _group(sim, call.query.get("chatid", ""))
    info: dict[str, Any] = {
        "chatid": group.target,
        "name": group.name,
        "owner": group.owner,
        "userlist": group.members,
    }
    return {**OK, "chat_info": info}


def update(sim: World, call: Call) -> Answer:
    group = _group(sim, str(call.body.get("chatid", "")))
    added = call.body.get("add_user_list", [])
    _check_members(sim, added)
    gone = set(call.body.get("del_user_list", []))
    group.members = [m for m in dict.fromkeys([*group.members, *added]) if m not in gone]
    group.name = str(call.body.get("name") or group.name)
    group.owner = str(call.body.get("owner") or group.owner)
    return dict(OK)


def send(sim: World, call: Call) -> Answer:
    group = _group(sim, str(call.body.get("chatid", "")))
    kind = str(call.body.get("msgtype", ""))
    if kind == "template_card":
        raise Refusal(40008)
    text, data = read_content(sim, kind, call.body)
    if sim.memory.rates["appchat"].allow(group.target, sim.now()):
        chat = group_chat(group.target)
        sim.memory.phones.show(chat, "app", text, at=sim.now(), via="appchat", kind=kind, data=data)
    else:
        sim.memory.dropped["appchat/send"] += 1
    return dict(OK)


TABLE: Table = {
    "cgi-bin/appchat/create": post(create),
    "cgi-bin/appchat/get": get(read),
    "cgi-bin/appchat/update": post(update),
    "cgi-bin/appchat/send": post(send),
}
