import base64
import hashlib

import pytest

CHAT = "wrSample01"
OWNER = "liuxiaoyan"


def hook(platform, body, key="key-1"):
    return platform.call("webhook/send", body, {"key": key})


def words(content="停电通知", kind="text"):
    return {"msgtype": kind, kind: {"content": content}}


def shown(control, target):
    return [bubble["text"] for bubble in control.phone("groups", target)]


def test_a_robot_posts_twenty_times_a_minute(control, platform):
    codes = [hook(platform, words())["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [45009]
    control.trigger("forward", seconds=61)
    assert hook(platform, words())["errcode"] == 0
    assert len(shown(control, "key-1")) == 21


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (words("字" * 683), 40058),
        (words("字" * 1366, "markdown"), 40058),
        (words(""), 44004),
        ({"msgtype": "poem", "poem": {}}, 40008),
        ({"msgtype": "news", "news": {"articles": []}}, 40058),
        ({"msgtype": "image", "image": {"base64": "aGk=", "md5": "0"}}, 40058),
        ({"msgtype": "template_card", "template_card": {"card_type": "vote_interaction"}}, 40058),
    ],
)
def test_what_a_robot_may_not_post(platform, body, code):
    assert hook(platform, body)["errcode"] == code


def test_a_robot_posts_an_image_with_its_digest(control, platform):
    content = b"\x89PNG picture"
    image = {
        "base64": base64.b64encode(content).decode(),
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
    }
    assert hook(platform, {"msgtype": "image", "image": image})["errcode"] == 0
    media_id = control.phone("groups", "key-1")[-1]["data"]["media_id"]
    assert platform.http.get(f"/media/{media_id}").content == content


def test_a_robot_that_was_removed_answers_93000(control, platform):
    hook(platform, words())
    control.request("DELETE", "groups/key-1")
    assert hook(platform, words())["errcode"] == 93000


def test_an_appchat_is_made_and_written_to(control, platform):
    body = {"name": "保电联络群", "userlist": ["a", "b"], "chatid": "chat1"}
    assert platform.wecom("appchat/create", body)["chatid"] == "chat1"
    assert platform.wecom("appchat/create", body)["errcode"] == 86215
    assert platform.wecom("appchat/get", chatid="chat1")["chat_info"]["userlist"] == ["a", "b"]
    assert platform.wecom("appchat/send", {"chatid": "chat1", **words()})["errcode"] == 0
    assert shown(control, "chat1") == ["停电通知"]
    card = {"chatid": "chat1", "msgtype": "template_card", "template_card": {}}
    assert platform.wecom("appchat/send", card)["errcode"] == 40008


def test_a_chat_of_another_application_is_86008(control, platform):
    control.request("POST", "groups", json={"target": "c2", "kind": "appchat", "foreign": True})
    assert platform.wecom("appchat/send", {"chatid": "c2", **words()})["errcode"] == 86008


def task(platform, chats=(CHAT,), **changes):
    body = {
        "chat_type": "group",
        "sender": OWNER,
        "chat_id_list": list(chats),
        "text": {"content": "今晚检修"},
        **changes,
    }
    return platform.wecom("externalcontact/add_msg_template", body)


def results(platform, msgid):
    body = {"msgid": msgid, "userid": OWNER}
    rows = platform.wecom("externalcontact/get_groupmsg_send_result", body)["send_list"]
    return {row["chat_id"]: row["status"] for row in rows}


def test_a_customer_group_hears_nothing_before_its_owner_confirms(control, platform):
    msgid = task(platform)["msgid"]
    state = platform.wecom("externalcontact/get_groupmsg_task", {"msgid": msgid})
    assert state["task_list"] == [{"userid": OWNER, "status": 0}]
    assert shown(control, CHAT) == []
    assert results(platform, msgid) == {}
    assert control.confirm_all() == 1
    state = platform.wecom("externalcontact/get_groupmsg_task", {"msgid": msgid})
    assert state["task_list"][0]["status"] == 2
    assert shown(control, CHAT) == ["今晚检修"]
    assert results(platform, msgid) == {CHAT: 1}


def test_a_group_takes_as_many_mass_messages_as_the_month_has_days(control, platform, simulator):
    for _ in range(31):
        msgid = task(platform)["msgid"]
        control.confirm_all()
    group = simulator.world.memory.groups.get(CHAT)
    assert len(shown(control, CHAT)) == sum(group.received.values()) <= 31
    last = task(platform)["msgid"]
    control.confirm_all()
    assert results(platform, last) == {CHAT: 3}
    assert msgid != last


def test_a_foreign_group_is_named_in_the_fail_list(control, platform):
    control.request("POST", "groups", json={"target": "other", "owner": "somebody"})
    assert task(platform, (CHAT, "other"))["fail_list"] == ["other"]


def test_an_owner_is_reminded_three_times_a_day_and_a_task_can_be_cancelled(control, platform):
    body = {"msgid": task(platform)["msgid"]}
    codes = [
        platform.wecom("externalcontact/remind_groupmsg_send", body)["errcode"] for _ in range(4)
    ]
    assert codes == [0, 0, 0, 45009]
    platform.wecom("externalcontact/cancel_groupmsg_send", body)
    assert control.confirm_all() == 0


def test_tasks_are_listed_by_time(platform, simulator):
    msgid = task(platform)["msgid"]
    now = int(simulator.world.now())
    body = {"chat_type": "group", "start_time": now - 3600, "end_time": now + 60}
    listed = platform.wecom("externalcontact/get_groupmsg_list_v2", body)["group_msg_list"]
    assert [item["msgid"] for item in listed] == [msgid]
    wide = {**body, "start_time": now - 40 * 86400}
    assert platform.wecom("externalcontact/get_groupmsg_list_v2", wide)["errcode"] == 40058


def test_groups_are_listed_and_described(control, platform):
    control.request("POST", "groups", json={"target": CHAT, "name": "锦绣江南", "owner": OWNER})
    body = {"owner_filter": {"userid_list": [OWNER]}, "limit": 10}
    listed = platform.wecom("externalcontact/groupchat/list", body)["group_chat_list"]
    assert listed == [{"chat_id": CHAT, "status": 0}]
    group = platform.wecom("externalcontact/groupchat/get", {"chat_id": CHAT})["group_chat"]
    assert (group["name"], group["owner"]) == ("锦绣江南", OWNER)


def test_a_change_of_a_group_is_pushed_with_its_member_version(control, product):
    control.request("POST", "groups", json={"target": CHAT, "owner": OWNER})
    control.request("POST", f"groups/{CHAT}/events", json={"change_type": "update"})
    pushed = product.messages[-1]
    assert (pushed["Event"], pushed["ChangeType"]) == ("change_external_chat", "update")
    assert (pushed["LastMemVer"], pushed["CurMemVer"]) == ("1", "2")


def test_an_owner_may_choose_some_of_the_groups(control, platform):
    msgid = task(platform, (CHAT, "wr2", "wr3"))["msgid"]
    control.request("DELETE", "groups/wr3")
    control.request("POST", f"tasks/{msgid}/confirm", json={"chat_ids": [CHAT, "wr3"]})
    assert results(platform, msgid) == {CHAT: 1}
    assert shown(control, "wr2") == []
