"""The clients against the simulator: every call, as the platforms take it."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.platforms import menu
from bot.platforms.errors import PlatformRefusedError, PlatformUnreachableError
from bot.platforms.oauth import WeChatOAuth, WeComOAuth
from bot.platforms.wechat import WeChatClient
from bot.platforms.wecom import WeComClient
from bot.simulator import AiBot, SimulatorConfig, SimulatorServer, WeChatAccount, WeComApp
from bot.simulator.client import SimulatorClient
from config.clock import Clock
from config.settings import Settings
from tests.support.wire import APP_ID, CORP_ID, GH, KEY, OLD_KEY

CARD = {
    "title": "新工单 T2026112400001", "rows": [["地址", "锦绣花园 3 栋"]],
    "buttons": [["接单", "accept:T1"], ["退回", "back:T1"]], "url": "https://power.example.cn/t/1",
}  # fmt: skip


@pytest.fixture
def simulator() -> Iterator[SimulatorServer]:
    config = SimulatorConfig(
        product_url="http://127.0.0.1:9",
        wechat=WeChatAccount(
            app_id=APP_ID, original_id=GH, secret="wechat-secret", token="t", aes_key=KEY
        ),
        wecom=WeComApp(
            corp_id=CORP_ID, agent_id=1000002, secret="wecom-secret", token="t", aes_key=OLD_KEY
        ),
        aibot=AiBot(token="t", aes_key=KEY),
        callback_timeout=0.5,
        retry_after=0.0,
    )
    with SimulatorServer(config) as server:
        yield server


@pytest.fixture
def control(simulator) -> Iterator[SimulatorClient]:
    with SimulatorClient(simulator.base) as client:
        yield client


@pytest.fixture
def here(settings, simulator) -> Settings:
    bases = ("wechat_api_base", "wechat_oauth_base", "wecom_api_base", "wecom_oauth_base")
    return settings.model_copy(update=dict.fromkeys(bases, simulator.base))


@pytest.fixture
def wechat(here, http, redis) -> WeChatClient:
    return WeChatClient.of(here, http, redis)


@pytest.fixture
def wecom(here, http, redis) -> WeComClient:
    return WeComClient.of(here, http, redis)


def shown(control: SimulatorClient, kind: str, who: str) -> list[str]:
    return [bubble["text"] for bubble in control.phone(kind, who)]


@pytest.fixture
def resident(control) -> str:
    """王芳, whose window is open: she has just written."""
    openid = control.resident("王芳")
    control.request("POST", f"residents/{openid}/send", json={"content": "在吗"})
    return openid


def test_a_text_reaches_the_resident(wechat, control, resident):
    wechat.send_text(resident, "锦绣花园 18:00 前来电。😀]]>")
    assert "锦绣花园 18:00 前来电。😀]]>" in shown(control, "residents", resident)


def test_a_text_too_long_is_cut_and_sent(wechat, control, resident):
    wechat.send_text(resident, "停电" * 1000)
    assert shown(control, "residents", resident)[-1].endswith("…")


def test_a_closed_window_is_told(wechat, control):
    openid = control.resident("李强")
    with pytest.raises(PlatformRefusedError) as refused:
        wechat.send_text(openid, "停电")
    assert (refused.value.code, refused.value.window_closed) == (45015, True)


def test_a_menu_and_a_marked_text_and_typing_go_out(wechat, control, resident):
    wechat.show_typing(resident)
    wechat.send_menu(
        resident, "您要办什么？", [("report", "报修"), ("bill", "查电费")], "回复数字也行"
    )
    wechat.send_text(resident, "大约 3 天", is_ai=True)
    menus = [bubble["data"] for bubble in control.phone("residents", resident)]
    assert [item["id"] for data in menus for item in data.get("items", [])] == ["report", "bill"]
    assert any("AI" in data.get("note", "") for data in menus)


def test_a_template_message_is_sent_once_for_its_id(wechat, control):
    openid = control.resident("李强", subscribed=True)
    values = {"thing1": "计划停电", "thing2": "锦绣花园"}
    first = wechat.send_template(openid, "OUTAGE", "https://x/1", values, "gridbot-1")
    again = wechat.send_template(openid, "OUTAGE", "https://x/1", values, "gridbot-1")
    assert first == again
    assert first.isdigit()
    templates = [b for b in control.phone("residents", openid) if b["kind"] == "template"]
    assert len(templates) == 1
    assert "计划停电" in templates[0]["text"]


def test_our_menu_is_one_the_platform_takes(wechat, simulator):
    menu.push(wechat)
    keys = [sub["key"] for button in simulator.world.menu["button"] for sub in button["sub_button"]]
    assert sorted(keys) == sorted(
        ["REPORT", "OUTAGES", "BILL", "APPLY", "PROGRESS", "BIND", "PERSON", "OPINION"]
    )


def test_a_code_of_a_scene_is_made_and_a_follower_read(wechat, resident):
    code = wechat.create_qrcode("community_JXHY")
    assert code.ticket
    assert code.url.startswith("http")
    assert wechat.create_qrcode("community_JXHY", seconds=600).ticket != code.ticket
    assert wechat.user(resident)["openid"] == resident


def test_media_come_as_files(wechat, wecom, simulator):
    store = simulator.world.memory.media
    media_id = store.sample("image", simulator.world.now()).media_id
    for client in (wechat, wecom):
        media = client.media(media_id)
        assert media.content
        assert media.mime.startswith("image/")
        with pytest.raises(PlatformRefusedError):
            client.media("none")


def test_staff_get_texts_and_cards(wecom, control):
    assert wecom.send_text("zhou", "T2026112400001 待接单")
    msgid, code = wecom.send_card("zhou", CARD, "T2026112400001-7")
    assert msgid
    assert code
    wecom.update_card(["zhou"], code, "已接单")
    bubble = control.phone("members", "zhou")[-1]
    assert bubble["data"]["replaced"] == "已接单"
    with pytest.raises(PlatformRefusedError) as refused:
        wecom.update_card(["zhou"], code, "已接单")
    assert refused.value.permanent


def test_a_task_id_used_before_is_named_in_the_refusal(wecom):
    wecom.send_card("zhou", CARD, "T1-7")
    with pytest.raises(PlatformRefusedError, match="task_id"):
        wecom.send_card("zhou", CARD, "T1-7")


def test_a_card_that_leads_nowhere_goes_as_a_text(wecom, control):
    msgid, code = wecom.send_card("zhou", {"title": "早报", "rows": [["工单", "3"]]}, "r-1")
    assert msgid
    assert code == ""
    assert shown(control, "members", "zhou") == ["早报\n工单：3"]


def test_a_member_who_has_left_is_a_refusal_for_good(wecom, control):
    control.request("DELETE", "members/zhou")
    with pytest.raises(PlatformRefusedError) as refused:
        wecom.send_text("zhou", "在吗")
    assert (refused.value.code, refused.value.permanent) == (81013, True)


def test_internal_groups_get_texts(wecom, control):
    wecom.send_webhook("KEY-1", "锦绣花园今晚检修")
    wecom.send_webhook("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY-1", "再说一遍")
    wecom.send_webhook_markdown("KEY-1", "**检修**")
    assert shown(control, "groups", "KEY-1") == ["锦绣花园今晚检修", "再说一遍", "**检修**"]
    wecom.send_appchat("chat1", "值班群")
    assert shown(control, "groups", "chat1") == ["值班群"]


def test_a_webhook_used_too_often_waits_a_minute(wecom):
    for number in range(20):
        wecom.send_webhook("KEY-1", str(number))
    with pytest.raises(PlatformRefusedError) as refused:
        wecom.send_webhook("KEY-1", "21")
    assert (refused.value.code, refused.value.retry_after) == (45009, 60)


def test_residents_groups_wait_for_their_owner(wecom, control):
    msgid = wecom.create_group_message("zhou", ["wr1", "wr2"], "今晚停电")
    assert wecom.group_message_tasks(msgid) == [("zhou", 0)]
    assert wecom.group_message_results(msgid, "zhou") == []
    wecom.remind(msgid)
    control.confirm_all()
    assert wecom.group_message_tasks(msgid) == [("zhou", 2)]
    results = wecom.group_message_results(msgid, "zhou")
    assert [(chat, status) for chat, status, _ in results] == [("wr1", 1), ("wr2", 1)]
    assert all(at > 0 for _, _, at in results)
    assert shown(control, "groups", "wr1") == ["今晚停电"]
    now = Clock().now()
    listed = wecom.group_messages(now - timedelta(days=1), now + timedelta(minutes=1))
    assert [row["msgid"] for row in listed] == [msgid]


def test_a_task_can_be_taken_back(wecom, control):
    wecom.cancel(wecom.create_group_message("zhou", ["wr1"], "今晚停电"))
    assert control.confirm_all() == 0


def test_groups_of_another_owner_are_refused(wecom):
    wecom.create_group_message("zhou", ["wr1"], "今晚停电")
    with pytest.raises(PlatformRefusedError) as refused:
        wecom.create_group_message("liu", ["wr1"], "今晚停电")
    assert refused.value.permanent


def came_back(url: str, who: str) -> dict[str, str]:
    """What the platform's page sends the visitor back with."""
    assert url.endswith("#wechat_redirect")
    location = httpx.get(url, params=None, cookies=None, trust_env=False,
                         headers={"Cookie": f"sim_openid={who}; sim_userid={who}"}).headers["location"]  # fmt: skip
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def test_a_resident_is_known_by_his_code_once(here, http, resident):
    oauth = WeChatOAuth.of(here, http)
    back = came_back(oauth.authorize_url("http://127.0.0.1:9/h5/t/TOKEN", "st&te"), resident)
    assert back["state"] == "st&te"
    assert oauth.openid(back["code"]) == resident
    with pytest.raises(PlatformRefusedError):
        oauth.openid(back["code"])


def test_a_member_is_known_by_his_code(here, wecom):
    wecom.send_text("zhou", "欢迎")
    oauth = WeComOAuth.of(here, wecom)
    url = oauth.authorize_url("http://127.0.0.1:9/console/", "s")
    assert parse_qs(urlsplit(url).query)["agentid"] == ["1000002"]
    assert oauth.userid(came_back(url, "zhou")["code"]) == "zhou"
    with pytest.raises(PlatformRefusedError):
        oauth.userid("made-up")


@pytest.mark.parametrize("kind", ["html", "half", "reset"])
def test_spoiled_answers_are_trouble_on_the_way(wecom, control, kind):
    wecom.check()
    control.request("POST", "faults", json={"path": "cgi-bin/message/send", "kind": kind})
    with pytest.raises(PlatformUnreachableError):
        wecom.send_text("zhou", "停电")
    assert wecom.send_text("zhou", "停电")


@pytest.mark.parametrize("how", ["expire", "replace", "forget"])
def test_ended_tokens_are_replaced_without_a_word(wechat, wecom, control, resident, how):
    wechat.check()
    wecom.check()
    control.request("POST", f"tokens/{how}", json={})
    wechat.send_text(resident, "停电")
    wecom.send_text("zhou", "停电")
