"""What the business says just before a message leaves: no longer wanted, or which way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from config.database import Database
from notifier import quotas
from notifier.channels.card_update import CardUpdate
from notifier.channels.official_account import OfficialAccount
from notifier.channels.wecom_app import WeComApp
from notifier.delivery import Delivery
from notifier.errors import ChannelError
from notifier.models import CardReference, Channel, OutboxState
from notifier.outbox import Outgoing, put
from notifier.shipments import ChannelSender
from tests.notifier.test_channels import BUSY, CLOSED, Client
from tests.notifier.test_delivery import rows
from tests.support.desks import TABLES
from tests.support.senders import HandClock, Recorder, outgoing


@dataclass
class Business:
    unwanted: dict[str, str] = field(default_factory=dict)
    windows: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)

    def skips(self, session, messages, now) -> dict[int, str]:
        return {m.id: self.unwanted[m.target] for m in messages if m.target in self.unwanted}

    def take_windows(self, session, openids: Sequence[str], now) -> list[bool]:
        taken = []
        for openid in openids:
            left = self.windows.get(openid, 0)
            self.windows[openid] = max(left - 1, 0)
            taken.append(left > 0)
        return taken

    def close_windows(self, session, openids: Collection[str]) -> None:
        self.closed |= set(openids)


def deliver(
    database: Database,
    time: HandClock,
    channels: dict[Channel, ChannelSender],
    *messages: Outgoing,
    business: Business | None = None,
) -> None:
    with database.scope() as session:
        put(session, list(messages), now=time.at)
    delivery = Delivery(database, channels, TABLES.channels, time.clock, checks=business)
    delivery.deliver_due()
    delivery.close()


def to_resident(text: str, openid: str = "o1") -> Outgoing:
    return outgoing(text, openid, channel=Channel.OFFICIAL_ACCOUNT, template="ticket")


def test_what_is_no_longer_wanted_is_skipped_and_says_why(database):
    channel, business = Recorder(), Business(unwanted={"o1": "住户已取消关注"})
    messages = to_resident("到了"), to_resident("到了", "o2")
    time = HandClock()
    deliver(database, time, {Channel.OFFICIAL_ACCOUNT: channel}, *messages, business=business)
    first, second = rows(database)
    assert (first.state, first.error, first.due_at) == (
        OutboxState.SKIPPED,
        "住户已取消关注",
        None,
    )
    assert second.state == OutboxState.SENT
    assert channel.tried == 1


def test_the_window_is_used_up_before_templates_are_sent(database):
    client, business = Client(), Business(windows={"o1": 2})
    channels = {Channel.OFFICIAL_ACCOUNT: OfficialAccount(client, TABLES.channels.official_account)}
    messages = [to_resident(text) for text in ("一", "二", "三")]
    deliver(database, HandClock(), channels, *messages, business=business)
    assert [call[0] for call in client.calls] == ["send_text", "send_text", "send_template"]
    assert [row.route for row in rows(database)] == [
        "customer_service",
        "customer_service",
        "template",
    ]


def test_a_window_that_the_platform_closed_is_closed_in_our_ledger(database):
    client, business = Client(failures={"send_text": [CLOSED]}), Business(windows={"o1": 5})
    channels = {Channel.OFFICIAL_ACCOUNT: OfficialAccount(client, TABLES.channels.official_account)}
    deliver(database, HandClock(), channels, to_resident("一"), business=business)
    assert business.closed == {"o1"}
    assert rows(database)[0].route == "template"


def card_channels(client: Client) -> dict[Channel, ChannelSender]:
    return {Channel.WECOM_APP: WeComApp(client, 2048), Channel.CARD_UPDATE: CardUpdate(client)}


def card(userid: str) -> Outgoing:
    return Outgoing(
        Channel.WECOM_APP,
        userid,
        "ticket_opened",
        {"text": "工单", "card": {"title": "工单"}},
        f"T1:opened:{userid}",
        ticket_number="T1",
    )


def done(text: str) -> Outgoing:
    return outgoing(text, "T1", channel=Channel.CARD_UPDATE, done=text)


def test_a_tickets_cards_are_updated_once_each_and_only_while_they_may_be(database):
    client, time = Client(), HandClock()
    channels = card_channels(client)
    deliver(database, time, channels, card("zhou"))
    time.wait(hours=71)
    deliver(database, time, channels, card("he"))
    time.wait(hours=2)
    deliver(database, time, channels, done("何亮 已接单"))
    deliver(database, time, channels, done("何亮 已到场"))
    updates = [call for call in client.calls if call[0] == "update_card"]
    assert updates == [("update_card", ["he"], "code1", "何亮 已接单")]
    assert rows(database)[-1].state == OutboxState.SKIPPED


def test_a_card_that_could_not_be_updated_is_tried_again_alone(database):
    client, time = Client(), HandClock()
    channels = card_channels(client)
    deliver(database, time, channels, card("zhou"), card("he"))
    client.failures["update_card"] = [BUSY]
    deliver(database, time, channels, done("周志强 已接单"))
    assert rows(database)[-1].state == OutboxState.PENDING
    time.wait(seconds=TABLES.channels.retry.delays[0])
    deliver(database, time, channels)
    assert rows(database)[-1].state == OutboxState.SENT
    updates = [call[1] for call in client.calls if call[0] == "update_card"]
    assert len(updates) == 2
    assert sorted(updates) == [["he"], ["zhou"]]
    with database.scope() as session:
        unused = sa.select(CardReference).where(CardReference.used_at.is_(None))
        assert session.scalars(unused).all() == []


def test_a_card_that_expired_at_the_platform_is_not_tried_again(database):
    client, time = Client(), HandClock()
    channels = card_channels(client)
    deliver(database, time, channels, card("zhou"))
    expired = ChannelError("invalid response_code", permanent=True, code=40058)
    client.failures["update_card"] = [expired]
    deliver(database, time, channels, done("已接单"))
    assert rows(database)[-1].state == OutboxState.SENT
    assert rows(database)[-1].sent_at - time.at < timedelta(seconds=1)


def test_every_template_counts_against_the_day_also_one_that_the_window_let_down(database):
    client = Client(failures={"send_text": [CLOSED]})
    channel = OfficialAccount(client, TABLES.channels.official_account)
    business = Business(windows={"o1": 1, "o3": 1})
    messages = [to_resident("到了", openid) for openid in ("o1", "o2", "o3")]
    time = HandClock()
    deliver(database, time, {Channel.OFFICIAL_ACCOUNT: channel}, *messages, business=business)
    assert sorted(row.route for row in rows(database)) == [
        "customer_service",
        "template",
        "template",
    ]
    with database.reading() as session:
        assert quotas.count(session, "template") == 2
