"""Customer groups: tasks that wait for the owner, their results, and the groups themselves."""

from collections.abc import Iterable
from typing import Any

from bot.simulator.gateway import Answer, Call, Table, post
from bot.simulator.parts.clock import DAY
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.groups import Group, GroupKind, MassTask, SendState
from bot.simulator.parts.phones import group_chat
from bot.simulator.parts.quotas import month
from bot.simulator.parts.world import World

OK = {"errcode": 0, "errmsg": "ok"}
TEXT_BYTES = 4000
ATTACHMENTS = 9
MOST_GROUPS = 2000
LONGEST_SPAN = 31 * DAY
ATTACHMENT_KINDS = {"image", "link", "miniprogram", "video", "file"}


def _check_content(sim: World, call: Call) -> tuple[str, list[dict[str, Any]]]:
    text = str((call.body.get("text") or {}).get("content", ""))
    attachments = call.body.get("attachments", [])
    if not text and not attachments:
        raise Refusal(44004)
    if len(text.encode()) > TEXT_BYTES or len(attachments) > ATTACHMENTS:
        raise Refusal(40058, "text or attachments exceed max length")
    for attachment in attachments:
        kind = attachment.get("msgtype")
        if kind not in ATTACHMENT_KINDS or not isinstance(attachment.get(kind), dict):
            raise Refusal(40008)
        if kind in {"image", "video", "file"} and "media_id" in attachment[kind]:
            sim.memory.media.get(attachment[kind]["media_id"], sim.now())
    return text, attachments


def _known_groups(sim: World, sender: str, wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """Split into the sender's own groups and those that fail (`fail_list`)."""
    ours: list[str] = []
    failed: list[str] = []
    for chat_id in wanted:
        group = sim.memory.groups.addressed(chat_id, GroupKind.CUSTOMER)
        if group and not group.owner:
            group.owner = sender
        (ours if group and group.owner == sender else failed).append(chat_id)
    return ours, failed


def add_task(sim: World, call: Call) -> Answer:
    chat_type = str(call.body.get("chat_type", "single"))
    text, attachments = _check_content(sim, call)
    sender = str(call.body.get("sender", ""))
    failed: list[str] = []
    if chat_type == "group":
        if not sim.memory.members.addressed(sender):
            raise Refusal(40003)
        wanted = call.body.get("chat_id_list") or _owned(sim, sender)
        if len(wanted) > MOST_GROUPS:
            raise Refusal(40058)
        targets, failed = _known_groups(sim, sender, wanted)
    else:
        targets = [str(openid) for openid in call.body.get("external_userid", [])]
    if not targets:
        raise Refusal(41048, "no customer to send")
    task = sim.memory.tasks.add(
        chat_type=chat_type, sender=sender, targets=targets, text=text,
        attachments=attachments, created_at=sim.now(),
    )  # fmt: skip
    return {**OK, "fail_list": failed, "msgid": task.msgid}


def _owned(sim: World, owner: str) -> list[str]:
    groups = sim.memory.groups.all(GroupKind.CUSTOMER)
    return [group.target for group in groups if group.owner == owner]


def confirm(sim: World, task: MassTask, chosen: list[str] | None = None) -> None:
    """The owner taps 发送: each group (that is chosen) with quota left gets the message.

    A group that is gone or was left out has no row in the results, as at the platform.
    """
    task.confirmed_at = now = sim.now()
    for chat_id in task.targets:
        group = sim.memory.groups.get(chat_id)
        if group is None or group.removed or (chosen is not None and chat_id not in chosen):
            continue
        if not group.may_receive(now):
            task.results[chat_id] = (SendState.QUOTA_USED, now)
            continue
        group.received[month(now)] += 1
        task.results[chat_id] = (SendState.SENT, now)
        sim.memory.phones.show(
            group_chat(chat_id), task.sender, task.text,
            at=now, via="groupmsg", kind="groupmsg", data={"attachments": task.attachments},
        )  # fmt: skip


def _task(sim: World, call: Call) -> MassTask:
    task = sim.memory.tasks.get(str(call.need("msgid", 40058)))
    if task is None:
        raise Refusal(41047, "invalid msgid")
    return task


def page(items: list[dict[str, Any]], call: Call, default: int) -> tuple[list[Any], str]:
    start = int(call.body.get("cursor") or 0)
    end = start + min(int(call.body.get("limit") or default), 1000)
    return items[start:end], str(end) if end < len(items) else ""


def list_tasks(sim: World, call: Call) -> Answer:
    start, end = int(call.need("start_time", 40058)), int(call.need("end_time", 40058))
    if end - start > LONGEST_SPAN:
        raise Refusal(40058, "time span exceeds one month")
    found = [
        {
            "msgid": task.msgid,
            "create_time": str(int(task.created_at)),
            "create_type": 0,
            "text": {"content": task.text},
            "attachments": task.attachments,
        }
        for task in sim.memory.tasks.all()
        if task.chat_type == call.body.get("chat_type", "single")
        and start <= task.created_at <= end + 1
    ]
    items, cursor = page(found, call, 50)
    return {**OK, "next_cursor": cursor, "group_msg_list": items}


def read_task(sim: World, call: Call) -> Answer:
    task = _task(sim, call)
    item: dict[str, Any] = {"userid": task.sender, "status": 0}
    if task.confirmed_at is not None:
        item |= {"status": 2, "send_time": int(task.confirmed_at)}
    return {**OK, "next_cursor": "", "task_list": [item]}


def results(sim: World, call: Call) -> Answer:
    task = _task(sim, call)
    name = "chat_id" if task.chat_type == "group" else "external_userid"
    rows: list[dict[str, Any]] = [
        {name: target, "userid": task.sender, "status": int(state), "send_time": int(at)}
        for target, (state, at) in task.results.items()
    ]
    items, cursor = page(rows, call, 500)
    return {**OK, "next_cursor": cursor, "send_list": items}


def remind(sim: World, call: Call) -> Answer:
    task = _task(sim, call)
    if task.cancelled or task.confirmed_at is not None:
        raise Refusal(41063, "task is sent or cancelled")
    if not sim.memory.rates["remind"].allow(task.msgid, sim.now()):
        raise Refusal(45009)
    task.reminded.append(sim.now())
    return dict(OK)


def cancel(sim: World, call: Call) -> Answer:
    _task(sim, call).cancelled = True
    return dict(OK)


def list_groups(sim: World, call: Call) -> Answer:
    owners = (call.body.get("owner_filter") or {}).get("userid_list", [])
    rows: list[dict[str, Any]] = [
        {"chat_id": group.target, "status": 0}
        for group in sim.memory.groups.all(GroupKind.CUSTOMER)
        if not group.removed and (not owners or group.owner in owners)
    ]
    items, cursor = page(rows, call, 100)
    return {**OK, "group_chat_list": items, "next_cursor": cursor}


def _member_row(sim: World, userid: str) -> dict[str, Any]:
    staff = sim.memory.members.get(userid) is not None
    return {
        "userid": userid,
        "type": 1 if staff else 2,
        "join_time": int(sim.now()),
        "join_scene": 1 if staff else 3,
        "name": userid,
    }


def read_group(sim: World, call: Call) -> Answer:
    group: Group | None = sim.memory.groups.get(str(call.need("chat_id", 86003)))
    if group is None or group.removed or group.kind is not GroupKind.CUSTOMER:
        raise Refusal(86003)
    info = {
        "chat_id": group.target,
        "name": group.name,
        "owner": group.owner,
        "create_time": 0,
        "notice": "",
        "member_list": [_member_row(sim, userid) for userid in group.members],
        "admin_list": [],
        "member_version": str(group.member_version),
    }
    return {**OK, "group_chat": info}


TABLE: Table = {
    "cgi-bin/externalcontact/add_msg_template": post(add_task),
    "cgi-bin/externalcontact/get_groupmsg_list_v2": post(list_tasks),
    "cgi-bin/externalcontact/get_groupmsg_task": post(read_task),
    "cgi-bin/externalcontact/get_groupmsg_send_result": post(results),
    "cgi-bin/externalcontact/remind_groupmsg_send": post(remind),
    "cgi-bin/externalcontact/cancel_groupmsg_send": post(cancel),
    "cgi-bin/externalcontact/groupchat/list": post(list_groups),
    "cgi-bin/externalcontact/groupchat/get": post(read_group),
}
