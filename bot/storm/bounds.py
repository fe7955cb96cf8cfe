"""When the last message can be there at the earliest, by the platforms' limits alone."""

from collections import deque
from collections.abc import Iterable


def earliest_end(arrivals: Iterable[float], limit: int, span: float) -> float:
    """The end of messages to one target, each sent as soon as it may be: `limit` in any `span`.

    Seconds on the arrivals' own clock; nought without any.
    """
    sent: deque[float] = deque(maxlen=limit)
    moment = 0.0
    for arrival in sorted(arrivals):
        oldest = sent[0] + span if len(sent) == limit else arrival
        moment = max(arrival, oldest)
        sent.append(moment)
    return moment
