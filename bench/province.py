"""A province on a typhoon evening, from measured figures: `python -m bench.province [NAME=VALUE …]`.

Every figure may be given: `python -m bench.province households=3000000 per_process=250`. It counts minute by minute
what comes in, what is answered, what waits and what each platform's quota lets through.
"""

import sys
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Province:
    """The load of the evening, and what one process was measured to do (docs/scale.md)."""

    households: float = 30_000_000
    followers: float = 0.35  # households with a resident who follows the account
    bound: float = 0.6  # of those, bound to their account
    off: float = 0.2  # households that lose power in the evening
    hours: float = 2  # within which they lose it, most in the middle
    reporting: float = 0.25  # followers without power who write
    messages: float = 3.2  # messages of one report
    households_a_group: float = 280
    per_process: float = 120  # messages a second, one web process on one core
    sends_per_worker: float = 250  # platform calls a second, one worker process
    open_share: float = 0.9  # tickets that a confirmed incident makes needless
    templates_a_day: float = 100_000  # of one Official Account
    accounts: float = 1  # Official Accounts (one a city where they are several)
    webhook_a_minute: float = 20
    row_kilobytes: float = 1.6  # a message with reply, utterances and indexes
    ticket_kilobytes: float = 9.0  # a ticket with events and cards
    headroom: float = 0.6  # how full a process may be at the peak


@dataclass(frozen=True, slots=True)
class Evening:
    peak_a_second: float
    web_processes: float
    worker_processes: float
    groups: float
    group_minutes: float
    residents_to_tell: float
    told_by_reply: float
    template_days: float
    tickets: float
    gigabytes: float
    unanswered_peak: float


def simulate(p: Province, *, processes: float | None = None) -> Evening:
    """Minute by minute; `processes` None takes as many as the peak needs."""
    writers = p.households * p.off * p.followers * p.reporting
    total = writers * p.messages
    minutes = int(p.hours * 60)
    shape = [min(n + 1, minutes - n) for n in range(minutes)]  # a triangle: slow, peak, slow
    arriving = [total * weight / sum(shape) for weight in shape]
    peak = max(arriving) / 60
    web = processes or peak / (p.per_process * p.headroom)
    waiting = worst = 0.0
    for number in arriving:
        waiting = max(0.0, waiting + number - web * p.per_process * 60)
        worst = max(worst, waiting)
    groups = p.households * p.off / p.households_a_group
    to_tell = p.households * p.off * p.followers * p.bound
    by_reply = min(to_tell, writers)  # who wrote has an open window: no template is needed
    templates = to_tell - by_reply
    tickets = writers * (1 - p.open_share)
    sends = groups + to_tell + tickets * 4
    return Evening(
        peak_a_second=peak,
        web_processes=web,
        worker_processes=sends / (p.hours * 3600) / p.sends_per_worker / p.headroom,
        groups=groups,
        group_minutes=groups / p.sends_per_worker / 60,
        residents_to_tell=to_tell,
        told_by_reply=by_reply,
        template_days=templates / (p.templates_a_day * p.accounts),
        tickets=tickets,
        gigabytes=(total * p.row_kilobytes + tickets * p.ticket_kilobytes) / 1e6,
        unanswered_peak=worst,
    )


def text(p: Province, evening: Evening) -> str:
    rows = [
        ("messages a second at the peak", f"{evening.peak_a_second:,.0f}"),
        ("web processes (one core each)", f"{evening.web_processes:,.0f}"),
        ("worker processes", f"{max(2, evening.worker_processes):,.0f}"),
        ("tickets after incidents were confirmed", f"{evening.tickets:,.0f}"),
        ("groups to post to", f"{evening.groups:,.0f}"),
        ("… by one worker, minutes", f"{evening.group_minutes:,.1f}"),
        ("bound residents to tell", f"{evening.residents_to_tell:,.0f}"),
        ("… of them in an open window", f"{evening.told_by_reply:,.0f}"),
        ("… the others: days of template quota", f"{evening.template_days:,.1f}"),
        ("database growth of the evening, GB", f"{evening.gigabytes:,.1f}"),
        ("messages waiting at the worst, with these processes", f"{evening.unanswered_peak:,.0f}"),
    ]
    width = max(len(name) for name, _ in rows)
    head = f"{p.households:,.0f} households, {p.off:.0%} without power within {p.hours:g} hours"
    return "\n".join([head, *(f"{name:<{width}}  {value:>12}" for name, value in rows)])


def main(words: list[str]) -> None:
    known = {field.name for field in fields(Province)}
    given = dict(word.partition("=")[::2] for word in words)
    unknown = set(given) - known - {"processes"}
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(sorted(known))}, processes")
    try:
        numbers = {name: float(value) for name, value in given.items()}
    except ValueError as error:
        sys.exit(f"not a number: {error}")
    processes = numbers.pop("processes", None)
    province = replace(Province(), **numbers)
    print(text(province, simulate(province, processes=processes)))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main(sys.argv[1:])
