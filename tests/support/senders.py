"""A channel that notes what it sends, and fails as it is told; a clock that is set by hand."""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.clock import Clock
from notifier.models import Channel
from notifier.outbox import NORMAL, Outgoing
from notifier.shipments import Receipt, Shipment
from tests.support.desks import NOW


@dataclass(slots=True)
class HandClock:
    """`clock` reads what `at` says."""

    at: datetime = NOW

    @property
    def clock(self) -> Clock:
        return Clock(source=lambda: self.at)

    def wait(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(slots=True)
class Recorder:
    """Sends nothing. `failures`: what to raise for a target, in turn, before it works."""

    failures: dict[str, list[Exception]] = field(default_factory=dict)
    seconds: float = 0.0
    receipt: Receipt = field(default_factory=lambda: Receipt("test", "platform-1"))
    sent: list[Shipment] = field(default_factory=list)
    tried: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, shipment: Shipment) -> Receipt:
        time.sleep(self.seconds)
        with self.lock:
            self.tried += 1
            waiting = self.failures.get(shipment.target)
            if waiting:
                raise waiting.pop(0)
            self.sent.append(shipment)
        return self.receipt

    @property
    def texts(self) -> list[str]:
        return [shipment.payload["text"] for shipment in self.sent]


def outgoing(
    text: str,
    target: str = "zhou",
    *,
    channel: Channel = Channel.WECOM_APPCHAT,
    priority: int = NORMAL,
    due_at: datetime | None = None,
    **payload: object,
) -> Outgoing:
    """A message whose text is its key; on the channel without a quota unless said otherwise."""
    return Outgoing(
        channel=channel,
        target=target,
        kind="test",
        payload={"text": text, **payload},
        key=f"{channel}:{target}:{text}",
        priority=priority,
        due_at=due_at,
    )
