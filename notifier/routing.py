"""When a message may leave: quiet hours, and what may break them."""

from datetime import datetime, time, timedelta


def due_time(now: datetime, quiet_from: str, quiet_until: str, *, urgent: bool) -> datetime:
    """Now, or the end of the quiet hours (`22:00` to `07:00`, China time) it falls into.

    Urgent messages, and targets without quiet hours (an empty time), never wait.
    """
    if urgent or not quiet_from or not quiet_until:
        return now
    begins, ends = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)
    at = now.timetz().replace(tzinfo=None)
    over_midnight = begins > ends
    is_quiet = (at >= begins or at < ends) if over_midnight else begins <= at < ends
    if not is_quiet:
        return now
    wakes = datetime.combine(now.date(), ends, now.tzinfo)
    return wakes + timedelta(days=1) if wakes <= now else wakes
