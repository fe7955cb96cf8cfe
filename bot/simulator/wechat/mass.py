"""Mass messages (群发): four a month for each follower, the rest fails silently."""

from bot.simulator.gateway import Answer, Call, Table, post
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.people import Resident
from bot.simulator.parts.phones import resident_chat
from bot.simulator.parts.quotas import month
from bot.simulator.parts.world import World
from bot.simulator.wechat.push import push_event

A_MONTH = 4
A_DAY = 100
OK = {"errcode": 0, "errmsg": "ok"}


def _readers(sim: World, call: Call) -> list[Resident]:
    everyone = [r for r in sim.memory.residents.all() if r.subscribed]
    if "touser" in call.body:
        wanted = set(call.body["touser"])
        if not 2 <= len(wanted) <= 10_000:  # noqa: PLR2004 - the API's own bounds
            raise Refusal(40003)
        return [r for r in everyone if r.openid in wanted]
    chosen = call.body.get("filter", {})
    if chosen.get("is_to_all"):
        return everyone
    return [r for r in everyone if chosen.get("tag_id") in r.tags]


def _text(call: Call) -> str:
    kind = str(call.need("msgtype", 40008))
    part = call.body.get(kind)
    if not isinstance(part, dict):
        raise Refusal(44004)
    return str(part.get("content") or f"[{kind}]")


def send(sim: World, call: Call) -> Answer:
    readers, text = _readers(sim, call), _text(call)
    once = call.body.get("clientmsgid")
    if once and (before := sim.memory.sent_once.get(f"mass:{once}")):
        return {"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": before[1]}
    if sim.memory.quotas.used(call.path, sim.now()) > A_DAY:
        raise Refusal(45028)
    now, sent = sim.now(), 0
    for reader in readers:
        if reader.mass_sent[month(now)] < A_MONTH:
            reader.mass_sent[month(now)] += 1
            sent += 1
            chat = resident_chat(reader.openid)
            sim.memory.phones.show(chat, "account", text, at=now, via="mass")
    number = sim.next_id()
    if once:
        sim.memory.sent_once[f"mass:{once}"] = (now, number)
    event = {
        "Event": "MASSSENDJOBFINISH",
        "MsgID": number,
        "Status": "send success",
        "TotalCount": len(readers),
        "FilterCount": len(readers),
        "SentCount": sent,
        "ErrorCount": len(readers) - sent,
    }
    sim.memory.mass[number] = event
    sim.later(lambda: push_event(sim, "mphelper", event))
    return {**OK, "msg_id": number, "msg_data_id": number}


def status(sim: World, call: Call) -> Answer:
    found = int(call.need("msg_id")) in sim.memory.mass
    return {"msg_id": call.body["msg_id"], "msg_status": "SEND_SUCCESS" if found else "SEND_FAIL"}


def preview(sim: World, call: Call) -> Answer:
    resident = sim.memory.residents.addressed(str(call.need("touser", 40003)), sim.now())
    if resident is None:
        raise Refusal(40003)
    chat = resident_chat(resident.openid)
    sim.memory.phones.show(chat, "account", _text(call), at=sim.now(), via="preview")
    return dict(OK)


TABLE: Table = {
    "cgi-bin/message/mass/sendall": post(send),
    "cgi-bin/message/mass/send": post(send),
    "cgi-bin/message/mass/get": post(status),
    "cgi-bin/message/mass/preview": post(preview),
}
