"""Every kind of push of the Official Account and WeCom, as the engine sees it."""

import hashlib

import pytest

from bot.callbacks.reading import read
from bot.platforms.xml import UnreadableError
from bot.platforms.xml import read as read_xml
from handlers.dialogue.turn import Door, Inbound, InboundKind
from tests.support import wire
from tests.support.wire import CLOCK, event, text

NOW = CLOCK.now()


def heard(fields: dict, door: Door = Door.OFFICIAL_ACCOUNT) -> Inbound:
    return read(read_xml(wire.xml(fields).encode()), door, NOW)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text", InboundKind.TEXT),
        ("TEXT", InboundKind.TEXT),
        ("image", InboundKind.IMAGE),
        ("voice", InboundKind.VOICE),
        ("video", InboundKind.VIDEO),
        ("shortvideo", InboundKind.VIDEO),
        ("location", InboundKind.LOCATION),
        ("link", InboundKind.LINK),
        ("miniprogrampage", InboundKind.MINI_PROGRAM),
        ("device_text", InboundKind.UNKNOWN),
        ("file", InboundKind.UNKNOWN),
    ],
)
def test_a_message_type_is_told_or_unknown(kind, expected):
    assert heard(text(MsgType=kind)).kind == expected


def test_a_voice_message_brings_its_words_and_its_better_recording():
    inbound = heard(
        text("", MsgType="voice", MediaId="M", MediaId16K="M16", Format="amr", Recognition="没电了")
    )
    assert (inbound.text, inbound.media_id, inbound.media_format) == ("没电了", "M", "amr")
    assert inbound.facts["media_id_16k"] == "M16"


def test_a_place_is_read_from_a_message_and_from_an_event():
    sent = heard(
        text(MsgType="location", Location_X="29.73", Location_Y="115.95", Label="锦绣花园")
    )
    assert (sent.latitude, sent.longitude, sent.label) == (29.73, 115.95, "锦绣花园")
    told = heard(event("LOCATION", Latitude="29.7", Longitude="115.9", Precision="60"))
    assert (told.event, told.latitude) == ("location", 29.7)
    chosen = {"Location_X": "29.7", "Location_Y": "115.9", "Label": "步行街"}
    picked = heard(event("location_select", EventKey="WHERE", SendLocationInfo=chosen))
    assert (picked.longitude, picked.label) == (115.9, "步行街")


@pytest.mark.parametrize("latitude", ["", "north", "nan", "inf", "91", "1e400"])
def test_a_place_off_the_map_is_none(latitude):
    assert heard(text(MsgType="location", Location_X=latitude, Location_Y="1")).latitude is None


def test_a_click_on_a_menu_message_keeps_its_item():
    assert heard(text("报修", bizmsgmenuid="report")).facts["bizmsgmenuid"] == "report"


def test_the_original_id_stays_known():
    assert heard(text()).facts["to"] == wire.GH


@pytest.mark.parametrize(
    ("fields", "name", "key"),
    [
        (event("subscribe"), "subscribe", ""),
        (event("subscribe", EventKey=""), "subscribe", ""),
        (event("subscribe", EventKey="qrscene_community_JX"), "subscribe", "community_JX"),
        (event("SCAN", EventKey="community_JX", Ticket="T"), "scan", "community_JX"),
        (event("CLICK", EventKey="REPORT"), "click", "REPORT"),
        (event("VIEW", EventKey="https://x/h5", MenuId="1"), "view", "https://x/h5"),
        (event("unsubscribe", EventKey=""), "unsubscribe", ""),
        (event("never_heard_of"), "never_heard_of", ""),
    ],
)
def test_an_event_has_one_spelling_and_a_bare_scene(fields, name, key):
    inbound = heard(fields)
    assert (inbound.kind, inbound.event, inbound.event_key) == (InboundKind.EVENT, name, key)


def test_an_events_key_tells_sender_time_event_and_menu_item():
    stamp, sender = wire.stamp(), hashlib.sha256(b"oWangFang").hexdigest()[:32]
    assert heard(event("CLICK", EventKey="BILL")).key == f"wechat:{sender}:{stamp}:CLICK:BILL"
    first, second = (heard(event("TEMPLATESENDJOBFINISH", MsgID=n, Status="success")) for n in "12")
    assert first.key != second.key
    assert first.facts == {
        "to": wire.GH, "message_type": "event", "message_id": "1", "status": "success",
    }  # fmt: skip


def test_a_messages_key_is_the_same_in_each_redelivery_and_at_one_door_only():
    assert heard(text()).key == "wechat:1234567890123456"
    assert heard(text(), Door.WECOM_APP).key == "wecom:1234567890123456"
    without = {name: value for name, value in text().items() if name != "MsgId"}
    assert heard(without).key == heard(without).key != heard({**without, "Content": "好"}).key


def test_a_key_stays_short():
    inbound = heard(event("VIEW", EventKey="https://x/" + "a" * 1000))
    assert len(inbound.key) <= 250
    assert inbound.key != heard(event("VIEW", EventKey="https://x/" + "a" * 1001)).key


@pytest.mark.parametrize(
    "created", ["", "soon", "nan", "inf", "-1e300", "9" * 400, "0", "1348831860"]
)
def test_a_strange_time_of_sending_is_now(created):
    assert heard(text(CreateTime=created)).at == NOW


def test_a_message_is_as_old_as_the_platform_says():
    assert (NOW - heard(text(CreateTime=wire.stamp(-90))).at).total_seconds() == 90


@pytest.mark.parametrize("missing", ["MsgType", "FromUserName"])
def test_a_message_from_nobody_or_of_no_type_cannot_be_read(missing):
    with pytest.raises(UnreadableError):
        heard({name: value for name, value in text().items() if name != missing})


def test_a_field_that_is_no_plain_value_counts_as_absent():
    inbound = heard(text({"b": "x"}, MediaId=["1", "2"], Location_X={"a": "1"}))
    assert (inbound.text, inbound.media_id) == ("", "")


@pytest.mark.parametrize("spelling", ["OptionId", "OpitonId"])
def test_what_was_chosen_on_a_card_is_read_in_both_spellings(spelling):
    options = {f"{spelling}s": {spelling: ["1", "2"]}}
    chosen = {"SelectedItem": [{"QuestionKey": "why", **options}, {"QuestionKey": "none"}]}
    inbound = heard(
        event("template_card_event", EventKey="accept", TaskId="t-1", CardType="vote_interaction",
              ResponseCode="RC", SelectedItems=chosen, AgentID="1000002"),
        Door.WECOM_APP,
    )  # fmt: skip
    assert (inbound.event, inbound.event_key) == ("template_card_event", "accept")
    facts = inbound.facts
    assert (facts["task_id"], facts["response_code"]) == ("t-1", "RC")
    assert (facts["card_type"], facts["agent_id"]) == ("vote_interaction", "1000002")
    assert facts["selected"] == {"why": ["1", "2"], "none": []}


def test_a_card_event_always_has_its_facts():
    facts = heard(event("template_card_event"), Door.WECOM_APP).facts
    assert (facts["task_id"], facts["response_code"], facts["selected"]) == ("", "", {})


def test_an_event_of_nobody_is_the_systems():
    fields = event("kf_msg_or_event", Token="T", OpenKfId="K")
    del fields["FromUserName"]
    inbound = heard(fields, Door.WECOM_APP)
    assert (inbound.user_id, inbound.facts["open_kfid"]) == ("sys", "K")


def test_a_change_of_a_customer_group_names_the_group():
    inbound = heard(
        event("change_external_chat", ChatId="wrX", ChangeType="update", UpdateDetail="add_member"),
        Door.WECOM_APP,
    )
    assert inbound.chat_id == "wrX"
    assert (inbound.facts["change_type"], inbound.facts["update_detail"]) == (
        "update",
        "add_member",
    )


def test_accepted_subscriptions_are_read_from_xml_and_json():
    entries = [{"TemplateId": "A", "SubscribeStatusString": "accept", "PopupScene": "0"},
               {"TemplateId": "B", "SubscribeStatusString": "reject", "PopupScene": "0"}]  # fmt: skip
    from_xml = heard(event("subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": entries}))
    from_json = read(
        {**event("subscribe_msg_popup_event"), "List": entries[0]}, Door.OFFICIAL_ACCOUNT, NOW
    )
    assert from_xml.facts["subscriptions"] == entries
    assert from_json.facts["subscriptions"] == entries[:1]


@pytest.mark.parametrize(
    "content",
    [
        "「网格助手：工单 T2026112400001」\n- - - - - - - - - - - - - - -\n接单",
        '这是一条引用/回复消息：\n"工单 T2026112400001"\n------\n接单',
        "这是一条引用/回复消息：\n“工单 T2026112400001”\n——————\n接单",
    ],
)
def test_a_quote_is_told_from_the_answer(content):
    inbound = heard(text(content), Door.WECOM_APP)
    assert inbound.text == "接单"
    assert inbound.quoted_text.endswith("工单 T2026112400001")


@pytest.mark.parametrize("content", ["电话 0792-8888\n- -\n好", "「停电」什么时候来", "a\n---\nb"])
def test_dashes_alone_make_no_quote(content):
    inbound = heard(text(content))
    assert (inbound.text, inbound.quoted_text) == (content, "")
