"""Every table of the product, imported so that the metadata is whole."""

import bot.access.models
import bot.conversation.models
import bot.process_state
import handlers.applications.models
import handlers.billing.models
import handlers.customers.models
import handlers.figures.models
import handlers.grid.models
import handlers.guide.models
import handlers.outages.models
import handlers.subscriptions.models
import handlers.surveys.models
import handlers.tickets.models
import notifier.models
from config.database import Base

metadata = Base.metadata

__all__ = ["bot", "handlers", "metadata", "notifier"]
