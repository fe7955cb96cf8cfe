import pytest

from tests.bot.simulator.fake_product import WECHAT

CREDENTIALS = {"appid": WECHAT.app_id, "secret": WECHAT.secret, "grant_type": "client_credential"}


def text(openid, content="您好"):
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


def codes(platform, path, bodies):
    return [platform.wechat(path, body).get("errcode", 0) for body in bodies]


def test_a_message_allows_five_answers_for_48_hours(control, platform):
    control.send("停电了", who="王芳")
    openid = control.resident("王芳")
    assert codes(platform, "message/custom/send", [text(openid)] * 6) == [0, 0, 0, 0, 0, 45047]
    control.send("喂", who="王芳")
    control.trigger("forward", seconds=48 * 3600 + 1)
    assert codes(platform, "message/custom/send", [text(openid)]) == [45015]


def test_a_menu_click_allows_three_answers_for_a_minute(control, platform):
    control.trigger("CLICK", who="王芳", key="REPORT")
    openid = control.resident("王芳")
    assert codes(platform, "message/custom/send", [text(openid)] * 4) == [0, 0, 0, 45047]
    control.trigger("CLICK", who="王芳", key="REPORT")
    control.trigger("forward", seconds=61)
    assert codes(platform, "message/custom/send", [text(openid)]) == [45015]


def test_a_click_after_a_message_takes_nothing_away(control, platform):
    control.send("停电了", who="王芳")
    control.trigger("CLICK", who="王芳", key="REPORT")
    openid = control.resident("王芳")
    control.trigger("forward", seconds=3600)
    assert codes(platform, "message/custom/send", [text(openid)] * 6)[-2:] == [0, 45047]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": {"content": "字" * 683}}, 45002),
        ({"text": {"content": ""}}, 44004),
        ({"msgtype": "poem"}, 40008),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
    ],
)
def test_a_bad_message_is_refused_and_costs_nothing(control, platform, change, code):
    control.send("停电了", who="王芳")
    openid = control.resident("王芳")
    bodies = [{**text(openid), **change}, *[text(openid)] * 5]
    assert codes(platform, "message/custom/send", bodies) == [code, 0, 0, 0, 0, 0]


def test_escaped_characters_show_as_they_were_sent(control, platform):
    control.send("停电了", who="王芳")
    body = '{"touser": "%s", "msgtype": "text", "text": {"content": "\\u505c"}}'
    query = {"access_token": platform.wechat_token()}
    openid = control.resident("王芳")
    platform.http.post("/cgi-bin/message/custom/send", content=body % openid, params=query)
    assert control.phone("residents", openid)[-1]["text"] == "\\u505c"


def test_a_template_message_is_stripped_and_cut_without_an_error(control, platform, product):
    openid = control.resident("王芳")
    data = {
        "first": {"value": "您好"},
        "thing1": {"value": "⚡停电\n区域" + "很" * 30},
        "remark": {"value": "谢谢"},
    }
    body = {"touser": openid, "template_id": "T1", "data": data, "url": "https://a.example/h5/t/1"}
    sent = platform.wechat("message/template/send", body)
    bubble = control.phone("residents", openid)[-1]
    assert bubble["data"]["values"] == {"thing1": "停电 区域" + "很" * 15}
    control.request("POST", "settle", json={})
    assert product.messages[-1]["Event"] == "TEMPLATESENDJOBFINISH"
    assert product.messages[-1]["MsgID"] == str(sent["msgid"])
    assert product.messages[-1]["Status"] == "success"


def test_a_line_that_is_only_a_slot_is_dropped(control, platform):
    content = "{{first.DATA}}\n停电区域：{{thing1.DATA}}\n{{thing2.DATA}}"
    template = {"template_id": "T1", "title": "停电通知", "content": content}
    control.request("POST", "templates", json=template)
    openid = control.resident("王芳")
    data = {"thing1": {"value": "锦绣江南"}, "thing2": {"value": "看不见"}}
    platform.wechat("message/template/send", {"touser": openid, "template_id": "T1", "data": data})
    assert control.phone("residents", openid)[-1]["text"] == "停电区域：锦绣江南"
    unknown = {"touser": openid, "template_id": "T2", "data": data}
    assert platform.wechat("message/template/send", unknown)["errcode"] == 40037


def test_a_client_msg_id_is_sent_once_in_ten_minutes(control, platform):
    openid = control.resident("王芳")
    body = {
        "touser": openid,
        "template_id": "T1",
        "client_msg_id": "M1",
        "data": {"thing1": {"value": "好"}},
    }
    first, second = (platform.wechat("message/template/send", body) for _ in range(2))
    assert first == second
    assert len(control.phone("residents", openid)) == 1
    control.trigger("forward", seconds=601)
    platform.wechat("message/template/send", body)
    assert len(control.phone("residents", openid)) == 2


def test_a_template_to_somebody_who_left_or_blocks(control, platform, product):
    openid = control.resident("王芳", subscribed=False)
    body = {"touser": openid, "template_id": "T1", "data": {"thing1": {"value": "好"}}}
    assert platform.wechat("message/template/send", body)["errcode"] == 43004
    turned = {"subscribed": True, "blocks_templates": True}
    control.request("PATCH", f"residents/{openid}", json=turned)
    assert platform.wechat("message/template/send", body)["errcode"] == 0
    control.request("POST", "settle", json={})
    assert product.messages[-1]["Status"] == "failed:user block"


def test_the_daily_quota_of_an_api_ends_with_45009(control, platform):
    control.request("POST", "quotas", json={"/cgi-bin/message/template/send": 1})
    openid = control.resident("王芳")
    body = {"touser": openid, "template_id": "T1", "data": {"thing1": {"value": "好"}}}
    assert codes(platform, "message/template/send", [body, body]) == [0, 45009]
    control.trigger("forward", seconds=86400)
    assert codes(platform, "message/template/send", [body]) == [0]


def test_a_subscription_notice_needs_a_grant_and_proper_values(control, platform, product):
    openid = control.resident("王芳")
    body = {"touser": openid, "template_id": "S1", "data": {"thing1": {"value": "好"}}}
    assert platform.wechat("message/subscribe/bizsend", body)["errcode"] == 43101
    control.request("POST", f"residents/{openid}/subscriptions", json={"template_id": "S1"})
    assert product.messages[-1]["SubscribeMsgPopupEvent"]["List"]["TemplateId"] == "S1"
    too_long = {**body, "data": {"thing1": {"value": "长" * 21}}}
    refused = platform.wechat("message/subscribe/bizsend", too_long)
    assert refused["errcode"] == 47003
    assert refused["errmsg"].startswith("argument invalid! data.thing1.value invalid")
    assert codes(platform, "message/subscribe/bizsend", [body, body]) == [0, 43101]
    control.request("POST", "settle", json={})
    assert product.messages[-1]["SubscribeMsgSentEvent"]["List"]["ErrorCode"] == "0"


def test_stable_token_stays_the_same_and_both_live_on_near_its_end(control, platform):
    first = platform.wechat_token()
    assert platform.wechat_token() == first
    control.trigger("forward", seconds=7200 - 200)
    second = platform.wechat_token()
    assert second != first
    for token in (first, second):
        called = platform.http.get("/cgi-bin/getcallbackip", params={"access_token": token})
        assert "ip_list" in called.json()
    control.trigger("forward", seconds=201)
    called = platform.http.get("/cgi-bin/getcallbackip", params={"access_token": first})
    assert called.json()["errcode"] == 42001


def test_the_old_token_api_replaces_the_one_before(control, platform):
    def fetch():
        return platform.http.get("/cgi-bin/token", params=CREDENTIALS).json()["access_token"]

    def code(token):
        answer = platform.http.get("/cgi-bin/getcallbackip", params={"access_token": token})
        return answer.json().get("errcode", 0)

    first, second = fetch(), fetch()
    assert [code(first), code(second)] == [0, 0]
    control.trigger("forward", seconds=301)
    assert [code(first), code(second)] == [40001, 0]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"appid": "wxother"}, 40013), ({"secret": "other"}, 40125), ({"grant_type": "x"}, 40002)],
)
def test_wrong_credentials_have_their_codes(platform, change, code):
    answer = platform.http.post("/cgi-bin/stable_token", json={**CREDENTIALS, **change}).json()
    assert answer["errcode"] == code
    assert " rid: " in answer["errmsg"]


@pytest.mark.parametrize(
    ("how", "code"), [("expire", 42001), ("replace", 40001), ("forget", 40014)]
)
def test_tokens_can_be_ended_in_three_ways(control, platform, how, code):
    token = platform.wechat_token()
    control.trigger("tokens", how=how)
    called = platform.http.get("/cgi-bin/user/get", params={"access_token": token})
    assert called.json()["errcode"] == code
    assert "total" in platform.wechat("user/get")


def test_the_menu_is_checked_and_kept(platform):
    assert platform.wechat("menu/get")["errcode"] == 46003
    button = {"type": "click", "name": "报修", "key": "REPORT"}
    assert codes(platform, "menu/create", [{"button": [button]}, {"button": [button] * 4}]) == [
        0,
        40016,
    ]
    assert platform.wechat("menu/get")["menu"]["button"] == [button]
    long_name = {**button, "name": "名字太长了的"}
    assert codes(platform, "menu/create", [{"button": [long_name]}]) == [40018]


def test_a_scene_of_a_qr_code_comes_with_the_scan(control, platform, product):
    body = {
        "action_name": "QR_LIMIT_STR_SCENE",
        "action_info": {"scene": {"scene_str": "community_C010"}},
    }
    ticket = platform.wechat("qrcode/create", body)["ticket"]
    control.trigger("SCAN", who="王芳", ticket=ticket)
    assert product.messages[-1]["EventKey"] == "community_C010"
    assert product.messages[-1]["Ticket"] == ticket


def test_a_profile_tells_of_somebody_who_left_only_the_openid(control, platform):
    openid = control.resident("王芳")
    assert platform.wechat("user/info", openid=openid)["subscribe"] == 1
    control.trigger("unsubscribe", who="王芳")
    assert platform.wechat("user/info", openid=openid) == {"subscribe": 0, "openid": openid}


def test_an_oauth_code_is_good_for_once(control, platform, product):
    openid = control.resident("王芳")
    query = {
        "appid": WECHAT.app_id,
        "redirect_uri": f"{product.url}/h5/t/1",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
        "sim_as": openid,
    }
    landed = platform.http.get("/connect/oauth2/authorize", params=query).headers["Location"]
    assert landed.startswith(f"{product.url}/h5/t/1?code=")
    assert landed.endswith("&state=s1")
    code = landed.split("code=")[1].split("&")[0]
    exchange = {**CREDENTIALS, "grant_type": "authorization_code", "code": code}
    answers = [
        platform.http.get("/sns/oauth2/access_token", params=exchange).json() for _ in range(2)
    ]
    assert answers[0]["openid"] == openid
    assert answers[1]["errcode"] == 40163


def test_an_authorization_for_a_foreign_domain_is_refused(platform):
    query = {"appid": WECHAT.app_id, "redirect_uri": "https://evil.example/"}
    assert platform.http.get("/connect/oauth2/authorize", params=query).status_code == 400


def test_a_mass_message_reaches_each_follower_four_times_a_month(control, platform):
    openids = [control.resident(name) for name in ("王芳", "李强")]
    body = {"touser": openids, "msgtype": "text", "text": {"content": "公告"}}
    for _ in range(5):
        assert platform.wechat("message/mass/send", body)["errcode"] == 0
    assert len(control.phone("residents", openids[0])) == 4


def test_typing_needs_a_fresh_exchange_and_is_not_repeated(control, platform):
    openid = control.resident("王芳")
    typing = {"touser": openid, "command": "Typing"}
    control.send("停电了", who="王芳")
    bodies = [typing, typing, {**typing, "command": "CancelTyping"}, {**typing, "command": "?"}]
    assert codes(platform, "message/custom/typing", bodies) == [0, 45081, 0, 45072]
    control.trigger("forward", seconds=31)
    assert codes(platform, "message/custom/typing", [typing]) == [45080]
