"""Send a batch with a few threads, one after the other to the same target."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue

import structlog

from notifier.errors import ChannelError
from notifier.models import Channel
from notifier.shipments import ChannelSender, JointSender, Receipt, Shipment

log = structlog.get_logger(__name__)

# Outcomes that are settled in one transaction.
GROUP = 64
GATHER_SECONDS = 0.04


@dataclass(frozen=True, slots=True)
class NotTried:
    """It was not sent: the lease or the process was about to end, or what is ahead of it failed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`behind`: the message of the same target that has to go first."""

    shipment: Shipment
    result: Receipt | ChannelError | NotTried
    behind: int | None = None


Parcel = list[Shipment]
Lane = list[Parcel]


def lanes(shipments: Sequence[Shipment], channels: Mapping[Channel, ChannelSender]) -> list[Lane]:
    """One lane a target, in order; what a joint channel may send in one call is one parcel."""
    found: dict[tuple[Channel, str], Lane] = {}
    joint: dict[Channel, list[Shipment]] = {}
    together: list[Lane] = []
    for shipment in shipments:
        if isinstance(channels.get(shipment.channel), JointSender):
            joint.setdefault(shipment.channel, []).append(shipment)
        else:
            found.setdefault((shipment.channel, shipment.target), []).append([shipment])
    for channel, mine in joint.items():
        sender = channels.get(channel)
        if isinstance(sender, JointSender):
            together += [[parcel] for parcel in sender.parcels(mine)]
    return [*found.values(), *together]


class Sending:
    """One batch on its way. Nothing is begun after the `deadline` (monotonic), or once `ending`."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        channels: Mapping[Channel, ChannelSender],
        deadline: float,
        ending: threading.Event,
    ) -> None:
        self._pool = pool
        self._channels = channels
        self._deadline = deadline
        self._ending = ending
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()

    def outcomes(self, shipments: Sequence[Shipment]) -> Iterator[list[Outcome]]:
        """Send all; gives what has come in since the last look, each shipment exactly once."""
        for lane in lanes(shipments, self._channels):
            self._begin(lane)
        missing = len(shipments)
        while missing:
            group = self._next_group(missing)
            missing -= len(group)
            yield group

    def _next_group(self, missing: int) -> list[Outcome]:
        """What comes within a moment is settled together: a commit costs more than a call."""
        group = [self._outcomes.get()]
        end = time.monotonic() + GATHER_SECONDS
        while len(group) < min(GROUP, missing):
            try:
                group.append(self._outcomes.get(timeout=max(end - time.monotonic(), 0.001)))
            except Empty:
                break
        return group

    def _begin(self, lane: Lane) -> None:
        """Send the first parcel of a lane; `_done` goes on with the rest."""
        self._pool.submit(self._send, lane[0]).add_done_callback(partial(self._done, lane))

    def _done(self, lane: Lane, sent: Future[Receipt | NotTried]) -> None:
        """The future holds whatever was raised: a channel's own bug must not lose a batch."""
        parcel, rest = lane[0], lane[1:]
        result = _result(sent, parcel)
        self._report(parcel, result)
        if not rest:
            return
        if isinstance(result, ChannelError) and not result.permanent:
            for waiting in rest:
                self._report(waiting, NotTried(), behind=parcel[-1].id)
        else:
            self._begin(rest)

    def _report(
        self,
        parcel: Parcel,
        result: Receipt | ChannelError | NotTried,
        *,
        behind: int | None = None,
    ) -> None:
        for shipment in parcel:
            self._outcomes.put(Outcome(shipment, result, behind))

    def _send(self, parcel: Parcel) -> Receipt | NotTried:
        if time.monotonic() > self._deadline or self._ending.is_set():
            return NotTried()
        sender = self._channels.get(parcel[0].channel)
        if sender is None:
            raise ChannelError("this channel is not set up here", permanent=True)
        if isinstance(sender, JointSender):
            return sender.send_together(parcel)
        return sender.send(parcel[0])


def _result(sent: Future[Receipt | NotTried], parcel: Parcel) -> Receipt | ChannelError | NotTried:
    error = sent.exception()
    if error is None:
        return sent.result()
    if isinstance(error, ChannelError):
        return error
    log.error("channel_failed", channel=parcel[0].channel, id=parcel[0].id, exc_info=error)
    return ChannelError(f"a fault of our own: {type(error).__name__}", permanent=False)
