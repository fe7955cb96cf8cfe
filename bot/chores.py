"""What the business does by the clock; the worker runs these beside its own timers."""

from collections.abc import Callable, Mapping

from bot import event_codes, media, outage_clock, outage_snapshot, privacy
from bot.dashboard import talk_counting
from bot.jobs import TIMERS, Timer, is_ending
from bot.parts import Parts
from handlers.applications import drafts, materials
from handlers.billing import reminders
from handlers.desk import Desk
from handlers.figures import adding, outage_promises, weekly, words
from handlers.guide import seasonal
from handlers.surveys import opinions
from handlers.surveys import service as surveys
from handlers.tickets import briefs, talks, watch


def _at_desk(chore: Callable[[Desk], object]) -> Callable[[Parts], None]:
    def run(parts: Parts) -> None:
        with parts.working() as desk:
            chore(desk)

    return run


def count_figures(parts: Parts) -> None:
    """Batch after batch, each in a transaction of its own, until the figures are up to date."""
    words.warm()
    for chore in (adding.catch_up, outage_promises.catch_up, talk_counting.count_talk):
        more = 1
        while more and not is_ending():
            with parts.database.scope() as session:
                more = chore(parts.desks.at(session))


CHORES: Mapping[str, Timer] = {
    **TIMERS,
    "outages": Timer(5, outage_clock.tick, on_nudge=True),
    "outage_page": Timer(60, outage_snapshot.keep),
    "surveys": Timer(15, _at_desk(surveys.send_due)),
    "page_again": Timer(20, _at_desk(watch.page_again)),
    "escalate": Timer(30, _at_desk(watch.escalate_unaccepted)),
    "warn_due": Timer(60, _at_desk(watch.warn_due)),
    "warn_promises": Timer(60, _at_desk(watch.warn_promises)),
    "briefs": Timer(60, _at_desk(briefs.send_briefs)),
    "end_talks": Timer(30, _at_desk(talks.end_overdue)),
    "close_silent": Timer(600, _at_desk(watch.close_silent)),
    "remind_arrears": Timer(900, _at_desk(reminders.remind)),
    "remind_papers": Timer(600, _at_desk(materials.remind_missing)),
    "prune_drafts": Timer(3600, _at_desk(drafts.prune)),
    "retention": Timer(3600, privacy.sweep),
    "figures": Timer(5, count_figures),
    "figures_open": Timer(600, _at_desk(adding.recount_open)),
    "weekly_report": Timer(900, _at_desk(weekly.send_weekly)),
    "opinion_digest": Timer(3600, _at_desk(opinions.send_last_month)),
    "seasonal_tips": Timer(3600, _at_desk(seasonal.send_of_month)),
    "media": Timer(5, media.fetch_waiting, on_nudge=True),
    "event_codes": Timer(10, event_codes.make_codes, on_nudge=True),
}
