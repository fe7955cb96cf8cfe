import pytest
from flask import Response

from tests.bot.simulator.fake_product import WECOM

CARD = {
    "card_type": "button_interaction",
    "task_id": "T2026112600001-1",
    "main_title": {"title": "新工单", "desc": "锦绣江南3栋停电"},
    "button_list": [{"text": "接单", "key": "accept", "style": 1}],
}


def card(**changes):
    merged = {**CARD, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def message(card=None, to="liuxiaoyan", **fields):
    body = {"touser": to, "agentid": WECOM.agent_id, "msgtype": "text", "text": {"content": "好"}}
    if card:
        body |= {"msgtype": "template_card", "template_card": card}
    return {**body, **fields}


def phone(control, userid="liuxiaoyan"):
    return control.phone("members", userid)


def test_a_member_reads_what_the_application_sends(control, platform):
    answer = platform.wecom("message/send", message())
    assert answer["errcode"] == 0
    assert answer["invaliduser"] == ""
    assert phone(control)[-1]["text"] == "好"


def test_members_out_of_scope_are_named_and_nobody_left_is_81013(control, platform):
    control.request("POST", "members", json={"userid": "ZhangSan"})
    control.request("DELETE", "members/ZhangSan")
    both = platform.wecom("message/send", message(to="liuxiaoyan|ZhangSan"))
    assert (both["errcode"], both["invaliduser"]) == (0, "zhangsan")
    assert platform.wecom("message/send", message(to="ZhangSan"))["errcode"] == 81013
    assert platform.wecom("message/send", message(agentid=1))["errcode"] == 40056


def test_the_31st_message_in_a_minute_is_dropped_without_a_word(control, platform):
    body = message()
    assert {platform.wecom("message/send", body)["errcode"] for _ in range(31)} == {0}
    assert len(phone(control)) == 30


def test_long_text_is_cut_not_refused(control, platform):
    platform.wecom("message/send", message(text={"content": "字" * 700}))
    assert phone(control)[-1]["text"] == "字" * 682


def test_a_repeated_message_with_duplicate_check_shows_once(control, platform):
    body = message(enable_duplicate_check=1)
    for _ in range(2):
        platform.wecom("message/send", body)
    assert len(phone(control)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"card_type": "poem"},
        {"task_id": None},
        {"task_id": "中文"},
        {"main_title": None},
        {"button_list": [{"text": "好", "key": "k"}] * 7},
        {"button_list": [{"text": "好", "key": "k" * 1025}]},
        {"button_list": [{"key": "k"}]},
        {"horizontal_content_list": [{"keyname": "a", "value": "b"}] * 7},
        {"card_type": "text_notice"},
        {"action_menu": {"desc": "更多", "action_list": []}, "button_list": []},
    ],
)
def test_a_card_against_the_rules_is_refused(platform, change):
    assert platform.wecom("message/send", message(card(**change)))["errcode"] == 40058


def test_a_task_id_serves_one_card_only(platform):
    assert platform.wecom("message/send", message(card()))["errcode"] == 0
    assert platform.wecom("message/send", message(card()))["errcode"] == 40058


def test_a_pressed_button_is_pushed_and_the_reply_changes_it(control, platform, product):
    platform.wecom("message/send", message(card()))
    product.answer = lambda _: (
        "<xml><ToUserName>u</ToUserName><FromUserName>c</FromUserName><CreateTime>1</CreateTime>"
        "<MsgType>update_button</MsgType><Button><ReplaceName>已接单</ReplaceName></Button></xml>"
    )
    control.press("liuxiaoyan", "accept", task_id=CARD["task_id"])
    pushed = product.messages[-1]
    assert (pushed["Event"], pushed["EventKey"]) == ("template_card_event", "accept")
    assert pushed["TaskId"] == CARD["task_id"]
    assert pushed["FromUserName"] == "liuxiaoyan"
    assert pushed["AgentID"] == str(WECOM.agent_id)
    assert phone(control)[-1]["data"]["replaced"] == "已接单"


def test_selected_options_come_with_the_submit_button(control, platform, product):
    select = {"question_key": "who", "option_list": [{"id": "a", "text": "甲"}]}
    multiple = card(
        card_type="multiple_interaction",
        button_list=None,
        select_list=[select],
        submit_button={"text": "提交", "key": "submit"},
    )
    platform.wecom("message/send", message(multiple))
    body = {"key": "submit", "selected": {"who": ["a"]}}
    control.request("POST", "members/liuxiaoyan/press", json=body)
    item = product.messages[-1]["SelectedItems"]["SelectedItem"]
    assert item == {"QuestionKey": "who", "OpitonIds": {"OpitonId": "a"}}


def update(code, word="已处理"):
    return {
        "userids": ["liuxiaoyan"],
        "agentid": WECOM.agent_id,
        "response_code": code,
        "button": {"replace_name": word},
    }


def test_a_response_code_updates_the_card_once(control, platform):
    code = platform.wecom("message/send", message(card()))["response_code"]
    assert platform.wecom("message/update_template_card", update(code))["errcode"] == 0
    assert phone(control)[-1]["data"]["replaced"] == "已处理"
    assert platform.wecom("message/update_template_card", update(code))["errcode"] == 40058


def test_a_response_code_dies_after_72_hours(control, platform):
    code = platform.wecom("message/send", message(card()))["response_code"]
    control.trigger("forward", seconds=72 * 3600 + 1)
    assert platform.wecom("message/update_template_card", update(code))["errcode"] == 40058


def test_a_press_gives_a_response_code_of_its_own(control, platform, product):
    platform.wecom("message/send", message(card()))
    code = control.press("liuxiaoyan", "accept")["response_code"]
    assert product.messages[-1]["ResponseCode"] == code
    assert platform.wecom("message/update_template_card", update(code, "好"))["errcode"] == 0
    assert phone(control)[-1]["data"]["replaced"] == "好"


def test_a_member_writes_and_reads_the_passive_reply(control, product):
    product.answer = lambda _: "没有待办工单"
    outcome = control.member_sends("liuxiaoyan", "我的工单")
    assert product.messages[-1]["Content"] == "我的工单"
    assert outcome["reply"]["text"] == "没有待办工单"
    assert phone(control)[-1]["text"] == "没有待办工单"


def test_wecom_repeats_only_what_nobody_answered(control, product):
    product.answer = lambda _: Response("oops", status=500)
    assert len(control.member_sends("liuxiaoyan", "一")["attempts"]) == 1
    product.answer = lambda _: 0.8
    assert len(control.member_sends("liuxiaoyan", "二")["attempts"]) == 3


def test_the_token_of_an_application_stays_the_same(control, platform):
    first = platform.wecom_token()
    assert platform.wecom_token() == first
    control.trigger("forward", seconds=7201)
    assert platform.wecom_token() != first
    refused = platform.http.get("/cgi-bin/user/get", params={"access_token": first}).json()
    assert refused["errcode"] == 42001
    assert "more info at" in refused["errmsg"]


def test_a_path_of_both_platforms_goes_by_the_token(platform):
    assert platform.wecom("user/get", userid="liuxiaoyan")["userid"] == "liuxiaoyan"
    assert "total" in platform.wechat("user/get")


def test_a_member_signs_in_by_oauth(platform, product):
    query = {
        "appid": WECOM.corp_id,
        "redirect_uri": f"{product.url}/console/login",
        "agentid": str(WECOM.agent_id),
        "sim_as": "liuxiaoyan",
    }
    landed = platform.http.get("/connect/oauth2/authorize", params=query).headers["Location"]
    code = landed.split("code=")[1].split("&")[0]
    assert platform.wecom("auth/getuserinfo", code=code)["userid"] == "liuxiaoyan"
    assert platform.wecom("auth/getuserinfo", code=code)["errcode"] == 40163


def test_a_reply_may_bring_a_whole_new_card(control, platform, product):
    platform.wecom("message/send", message(card()))
    product.answer = lambda _: (
        "<xml><ToUserName>u</ToUserName><FromUserName>c</FromUserName><CreateTime>1</CreateTime>"
        "<MsgType>update_template_card</MsgType><TemplateCard>"
        "<CardType>button_interaction</CardType><MainTitle><Title>已接单</Title></MainTitle>"
        "<HorizontalContentList><KeyName>到场</KeyName><Value>09:45</Value></HorizontalContentList>"
        "<ButtonList><Text>到场</Text><Style>1</Style><Key>arrive</Key></ButtonList>"
        "<TaskId>T2026112600001-1</TaskId></TemplateCard></xml>"
    )
    control.press("liuxiaoyan", "accept")
    data = phone(control)[-1]["data"]
    assert data["replaced"] == ""
    assert data["card"] == {
        "card_type": "button_interaction",
        "main_title": {"title": "已接单"},
        "horizontal_content_list": [{"keyname": "到场", "value": "09:45"}],
        "button_list": [{"text": "到场", "style": 1, "key": "arrive"}],
        "task_id": "T2026112600001-1",
    }
    control.press("liuxiaoyan", "arrive", task_id="T2026112600001-1")
    assert product.messages[-1]["EventKey"] == "arrive"
