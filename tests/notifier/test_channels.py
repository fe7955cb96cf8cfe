"""Each channel against a client that notes the calls."""

from dataclasses import dataclass, field

import pytest

from notifier.channels.card_update import CardUpdate
from notifier.channels.official_account import OfficialAccount
from notifier.channels.wecom_app import WeComApp
from notifier.channels.wecom_appchat import WeComAppchat
from notifier.channels.wecom_customer_group import WeComCustomerGroup
from notifier.channels.wecom_webhook import WeComWebhook
from notifier.errors import ChannelError
from notifier.models import Channel, OutboxState
from notifier.shipments import NewCard, OpenCard, Shipment
from tests.support.desks import TABLES

LIMITS = TABLES.channels.official_account
CLOSED = ChannelError("45015: out of time limit", permanent=True, code=45015, window_closed=True)
BUSY = ChannelError("-1: system busy", permanent=False, code=-1)


@dataclass
class Client:
    """Notes each call; `failures` are raised in turn by the method of that name."""

    failures: dict[str, list[Exception]] = field(default_factory=dict)
    calls: list[tuple] = field(default_factory=list)

    def __getattr__(self, name: str):
        def call(*arguments):
            if self.failures.get(name):
                raise self.failures[name].pop(0)
            self.calls.append((name, *arguments))
            return ("m1", "code1") if name == "send_card" else "m1"

        return call


@pytest.fixture
def client() -> Client:
    return Client()


def shipment(**facts) -> Shipment:
    usual = {"id": 7, "channel": Channel.OFFICIAL_ACCOUNT, "target": "o1", "kind": "test"}
    return Shipment(**usual | {"payload": PAYLOAD} | facts)


PAYLOAD = {
    "text": "师傅已接单，预计09:15前到",
    "link": "https://grid.example/h5/t/abc",
    "template": "ticket",
    "values": {
        "matter": "故障报修",
        "number": "T2026112500001",
        "state": "已接单",
        "time": "2026年11月25日 08:30",
    },
}


def test_in_the_window_a_resident_gets_words_and_a_link(client):
    receipt = OfficialAccount(client, LIMITS).send(shipment(window_open=True))
    [(name, openid, text)] = client.calls
    assert (name, openid) == ("send_text", "o1")
    assert text.startswith("师傅已接单，预计09:15前到\n")
    assert "https://grid.example/h5/t/abc" in text
    assert (receipt.route, receipt.is_delivered) == ("customer_service", True)


def test_a_long_text_is_cut_between_characters_and_keeps_its_link(client):
    payload = PAYLOAD | {"text": "电" * 2000}
    OfficialAccount(client, LIMITS).send(shipment(window_open=True, payload=payload))
    text = client.calls[0][2]
    assert len(text.encode()) <= 2048
    assert "电…\n<a href" in text


def test_outside_the_window_a_resident_gets_a_template_message(client):
    receipt = OfficialAccount(client, LIMITS).send(shipment())
    [(name, openid, template_id, url, data, client_msg_id)] = client.calls
    assert (name, openid, template_id) == ("send_template", "o1", "TICKET_PROGRESS")
    assert url == "https://grid.example/h5/t/abc"
    assert data["thing1"] == "故障报修"
    assert data["time4"] == "2026年11月25日 08:30"
    assert client_msg_id == "gridbot-7"
    assert (receipt.route, receipt.is_delivered) == ("template", False)


def test_a_window_that_turns_out_closed_falls_back_to_the_template_at_once(client):
    client.failures["send_text"] = [CLOSED]
    receipt = OfficialAccount(client, LIMITS).send(shipment(window_open=True))
    assert [call[0] for call in client.calls] == ["send_template"]
    assert receipt.window_closed


def test_template_values_are_one_line_of_twenty_characters(client):
    payload = PAYLOAD | {"values": {"matter": "一二三四五\n" * 6}}
    OfficialAccount(client, LIMITS).send(shipment(payload=payload))
    value = client.calls[0][4]["thing1"]
    assert len(value) == 20
    assert "\n" not in value


def test_words_without_a_template_cannot_leave_outside_the_window(client):
    with pytest.raises(ChannelError, match="no template") as caught:
        OfficialAccount(client, LIMITS).send(shipment(payload={"text": "好的"}))
    assert caught.value.permanent


def test_a_card_keeps_the_reference_with_which_it_may_be_updated(client):
    channel = WeComApp(client, 2048)
    card = {"title": "【P1】故障报修", "buttons": [["接单", "accept"]]}
    receipt = channel.send(
        shipment(target="zhou", payload={"text": "x", "card": card}, ticket_number="T1")
    )
    assert client.calls == [("send_card", "zhou", card, "T1-7")]
    assert receipt.new_card == NewCard("T1-7", "zhou", "code1", "m1")


def test_staff_get_a_text_where_there_is_no_card(client):
    WeComApp(client, 2048).send(shipment(target="zhou", payload={"text": "居民补充：在三楼"}))
    assert client.calls == [("send_text", "zhou", "居民补充：在三楼")]


def test_a_card_whose_answer_was_lost_is_not_sent_again(client):
    client.failures["send_card"] = [
        ChannelError("40058: task_id is already used", permanent=True, code=40058)
    ]
    receipt = WeComApp(client, 2048).send(
        shipment(payload={"card": {}, "text": ""} | CARD, attempt=2)
    )
    assert receipt.is_delivered


CARD = {"card": {"title": "工单"}}


def test_each_open_card_of_a_ticket_is_updated_once(client):
    client.failures["update_card"] = [BUSY]
    cards = (OpenCard(1, "zhou", "c1"), OpenCard(2, "he", "c2"))
    receipt = CardUpdate(client).send(shipment(payload={"done": "周志强 已接单"}, cards=cards))
    assert client.calls == [("update_card", ["he"], "c2", "周志强 已接单")]
    assert receipt.used_cards == (2,)
    assert receipt.trouble is BUSY


def test_a_ticket_without_open_cards_needs_no_update(client):
    receipt = CardUpdate(client).send(shipment(payload={"done": "已办结"}))
    assert receipt.state == OutboxState.SKIPPED


def test_an_owner_confirms_the_same_words_for_several_groups_once(client):
    channel = WeComCustomerGroup(client, 4000)
    payload = {"text": "明早8点停电", "owner": "zhou"}
    both = [shipment(target=chat, payload=payload) for chat in ("wr1", "wr2")]
    assert channel.parcels(both) == [both]
    receipt = channel.send_together(both)
    assert client.calls == [("create_group_message", "zhou", ["wr1", "wr2"], "明早8点停电")]
    assert (receipt.state, receipt.platform_id) == (OutboxState.AWAITING_OWNER, "m1")
    assert not receipt.is_delivered


def test_a_group_without_owner_is_refused(client):
    with pytest.raises(ChannelError, match="owner"):
        WeComCustomerGroup(client, 4000).send(shipment(payload={"text": "停电"}))


def test_internal_groups_get_the_post_through_webhook_or_appchat(client):
    WeComWebhook(client, 2048).send(shipment(target="key1", payload={"text": "停电"}))
    WeComAppchat(client, 2048).send(shipment(target="chat1", payload={"text": "停电"}))
    assert client.calls == [("send_webhook", "key1", "停电"), ("send_appchat", "chat1", "停电")]
