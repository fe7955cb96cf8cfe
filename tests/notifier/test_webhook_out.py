import hmac
import json
from collections.abc import Iterator
from hashlib import sha256

import httpx
import pytest

from notifier.channels.webhook_out import WebhookOut, secret_for
from notifier.errors import ChannelError
from notifier.models import Channel
from notifier.shipments import Shipment
from tests.support import other_system
from tests.support.desks import NOW
from tests.support.other_system import OtherSystem

SECRET = "shared-secret-of-both"


@pytest.fixture
def system() -> Iterator[OtherSystem]:
    with other_system.running() as running:
        yield running


@pytest.fixture
def channel() -> Iterator[WebhookOut]:
    with httpx.Client(timeout=2) as http:
        yield WebhookOut(http, SECRET, lambda: NOW)


def event(address: str) -> Shipment:
    payload = {"number": "T2026112500001", "state": "办结"}
    return Shipment(12, Channel.WEBHOOK_OUT, address, "ticket_resolved", payload)


def test_another_system_gets_a_body_it_can_verify(system, channel):
    channel.send(event(system.address))
    [(headers, body)] = system.got
    assert json.loads(body)["state"] == "办结"
    assert headers["X-Gridbot-Id"] == "12"
    assert headers["X-Gridbot-Event"] == "ticket_resolved"
    timestamp, mac = (part.split("=")[1] for part in headers["X-Gridbot-Signature"].split(","))
    secret = secret_for(SECRET, system.address).encode()
    expected = hmac.new(secret, f"{timestamp}.".encode() + body, sha256).hexdigest()
    assert mac == expected
    assert secret != secret_for(SECRET, f"{system.address}/2").encode()


@pytest.mark.parametrize("trouble", [500, 503, 429, 408, "half", "nothing"])
def test_trouble_of_the_other_system_is_tried_again(system, channel, trouble):
    system.answers = [trouble]
    with pytest.raises(ChannelError) as caught:
        channel.send(event(system.address))
    assert not caught.value.permanent
    channel.send(event(system.address))


@pytest.mark.parametrize("refusal", [400, 401, 404, 410, 422])
def test_a_refusal_is_final(system, channel, refusal):
    system.answers = [refusal]
    with pytest.raises(ChannelError) as caught:
        channel.send(event(system.address))
    assert caught.value.permanent


def test_retry_after_is_heeded(system, channel):
    system.answers, system.retry_after = [429], "90"
    with pytest.raises(ChannelError) as caught:
        channel.send(event(system.address))
    assert caught.value.retry_after == 90


def test_a_system_that_is_away_is_tried_again(channel):
    with pytest.raises(ChannelError) as caught:
        channel.send(event("http://127.0.0.1:9/events"))
    assert not caught.value.permanent
