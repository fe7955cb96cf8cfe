"""What outages do about what happened: ask those who waited whether their power is back."""

from handlers.desk import Desk
from handlers.outages import notices
from handlers.outages.events import OutageRestored
from handlers.outages.models import Outage


def ask_subscribers(desk: Desk, event: OutageRestored) -> None:
    """Tell those who asked or reported that it is over and ask 「来电了吗」, each once."""
    notices.ask(desk, desk.session.get_one(Outage, event.outage_id))
