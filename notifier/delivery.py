"""Deliver the outbox: claim a batch, send it with no transaction open, settle what came of it."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from config.channels import Channels
from config.clock import Clock
from config.database import Database
from notifier import claims, gathering, quotas
from notifier.checks import Checks, NoChecks
from notifier.claims import ALL, DANGEROUS, URGENT, Batch, Priorities
from notifier.lanes import Outcome, Sending
from notifier.models import CardReference, Channel, OutboxMessage, OutboxState
from notifier.settlement import Settlement
from notifier.shipments import ChannelSender, OpenCard, Shipment

THREADS = 8
BATCH = 100
# A lease must outlast the last call that began under it.
SPARE_SECONDS = 20
# An answer of a platform is worth waiting for the database to come back.
SETTLE_SECONDS = 120
CLAIM_SECONDS = 15

T = TypeVar("T")


class Delivery:
    """Stateless but for its threads; shared by the jobs of a process."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[Channel, ChannelSender],
        limits: Channels,
        clock: Clock,
        *,
        checks: Checks | None = None,
        threads: int = THREADS,
    ) -> None:
        self._database = database
        self._channels = channels
        self._limits = limits
        self._clock = clock
        self.checks = checks or NoChecks()
        self._ending = threading.Event()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        # Of their own: what is urgent must not wait for the calls of a batch under way.
        few = threads // 2 or 1
        self._apart = {
            DANGEROUS: ThreadPoolExecutor(few, thread_name_prefix="send-danger"),
            URGENT: ThreadPoolExecutor(few, thread_name_prefix="send-urgent"),
        }
        self._lease = timedelta(seconds=limits.retry.lease_seconds)

    def hand_over(
        self,
        *,
        limit: int = BATCH,
        priorities: Priorities = ALL,
        lease: timedelta | None = None,
    ) -> Batch | None:
        """The next due messages of these priorities as a batch for a worker.

        `lease`: how soon they fall due again if no worker claims the batch.
        """
        now = self._clock.now()
        with self._database.reading() as session:
            if not claims.has_due(session, now, priorities):
                return None
        with self._database.scope() as session:
            return claims.hand_over(
                session, now, lease or self._lease, limit=limit, priorities=priorities
            )

    def deliver(self, batch: Batch) -> int:
        """Send what of the batch is still ours; returns how many messages were taken."""
        lease = self._lease.total_seconds()
        deadline = time.monotonic() + max(lease - SPARE_SECONDS, lease / 2)
        shipments = self._surely(lambda session: self._claim(session, batch), CLAIM_SECONDS)
        pool = self._apart.get(batch.priorities, self._pool)
        sending = Sending(pool, self._channels, deadline, self._ending)
        sent = 0
        for group in sending.outcomes(shipments):
            sent += self._settle(group)
        return sent

    def deliver_due(self, *, limit: int = BATCH, priorities: Priorities = ALL) -> int:
        """Deliver here and now until nothing is due; for programs without a worker."""
        sent = 0
        while (batch := self.hand_over(limit=limit, priorities=priorities)) is not None:
            sent += self.deliver(batch)
        return sent

    def end(self) -> None:
        """Begin no call any more: what is left of the batches under way falls due again."""
        self._ending.set()

    def close(self) -> None:
        """End, and wait for the calls under way."""
        self.end()
        self._pool.shutdown()
        for pool in self._apart.values():
            pool.shutdown()

    def _settle(self, group: list[Outcome]) -> int:
        def write(session: Session) -> int:
            settlement = Settlement(session, self._clock.now(), self._limits)
            sent = settlement.settle(group)
            if settlement.closed_windows:
                self.checks.close_windows(session, settlement.closed_windows)
            return sent

        return self._surely(write, SETTLE_SECONDS)

    def _surely(self, work: Callable[[Session], T], seconds: float) -> T:
        """One transaction, again and again while the database is busy or away."""
        for attempt in Retrying(
            retry=retry_if_exception_type(OperationalError),
            wait=wait_exponential(multiplier=0.1, max=5),
            stop=stop_after_delay(seconds),
            reraise=True,
        ):
            with attempt, self._database.scope() as session:
                result = work(session)
        return result

    def _claim(self, session: Session, batch: Batch) -> list[Shipment]:
        now = self._clock.now()
        messages = claims.claim(session, batch, now, self._lease)
        messages = self._without_skipped(session, messages, now)
        messages = self._without_gathered(session, messages, now)
        shipments = self._shipments(session, messages, now)
        return self._within_quotas(session, messages, shipments, now)

    def _without_skipped(
        self, session: Session, messages: list[OutboxMessage], now: datetime
    ) -> list[OutboxMessage]:
        reasons = self.checks.skips(session, messages, now)
        for message in messages:
            if message.id in reasons:
                message.state, message.error = OutboxState.SKIPPED, reasons[message.id]
                message.due_at, message.route = None, ""
        return [message for message in messages if message.id not in reasons]

    def _without_gathered(
        self, session: Session, messages: list[OutboxMessage], now: datetime
    ) -> list[OutboxMessage]:
        """Hold what can wait where a group's quota is scarce, so that it goes as one post."""
        later = gathering.hold(session, messages, self._limits, now)
        for message in messages:
            if message.id in later:
                message.due_at, message.route = later[message.id], ""
                message.attempts -= 1
                message.error = gathering.GATHERING
        return [message for message in messages if message.id not in later]

    def _shipments(
        self, session: Session, messages: list[OutboxMessage], now: datetime
    ) -> list[Shipment]:
        wanting = [m for m in messages if _wants_window(m)]
        taken = self.checks.take_windows(session, [m.target for m in wanting], now)
        windows = {m.id for m, has_window in zip(wanting, taken, strict=True) if has_window}
        tickets = [m.target for m in messages if m.channel == Channel.CARD_UPDATE]
        cards = _open_cards(session, tickets, now)
        return [
            Shipment(
                id=m.id,
                channel=Channel(m.channel),
                target=m.target,
                kind=m.kind,
                payload=m.payload,
                attempt=m.attempts,
                ticket_number=m.ticket_number,
                window_open=m.id in windows,
                cards=cards.get(m.target, ()) if m.channel == Channel.CARD_UPDATE else (),
            )
            for m in messages
        ]

    def _within_quotas(
        self,
        session: Session,
        messages: list[OutboxMessage],
        shipments: list[Shipment],
        now: datetime,
    ) -> list[Shipment]:
        rides = gathering.followers(shipments, self._limits.wecom.customer_group_text_bytes)
        wanted = [
            (s.id, quotas.needed(s, self._limits, now)) for s in shipments if s.id not in rides
        ]
        later = quotas.reserve(session, wanted, now)
        later |= {mine: later[first] for mine, first in rides.items() if first in later}
        for message in messages:
            if message.id in later:
                message.due_at, message.route = later[message.id], claims.WAITING
                message.attempts -= 1
                message.error = quotas.USED_UP
        return [shipment for shipment in shipments if shipment.id not in later]


def _wants_window(message: OutboxMessage) -> bool:
    return message.channel == Channel.OFFICIAL_ACCOUNT and bool(message.payload.get("text"))


def _open_cards(
    session: Session, tickets: list[str], now: datetime
) -> dict[str, tuple[OpenCard, ...]]:
    """The cards of tickets that may still be updated."""
    found: dict[str, tuple[OpenCard, ...]] = {}
    if not tickets:
        return found
    rows = session.scalars(
        sa.select(CardReference)
        .where(
            CardReference.ticket_number.in_(tickets),
            CardReference.used_at.is_(None),
            CardReference.expires_at > now,
        )
        .order_by(CardReference.id)
    )
    for row in rows:
        card = OpenCard(row.id, row.userid, row.response_code)
        found[row.ticket_number or ""] = (*found.get(row.ticket_number or "", ()), card)
    return found
