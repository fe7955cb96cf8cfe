"""Fetch statements as deliveries of the outbox: no transaction is open while the system thinks."""

from bot.desks import Desks
from config.database import Database
from handlers.billing import refresh
from handlers.billing.port import BillSource, BillsUnavailableError
from handlers.customers.models import Customer
from handlers.errors import NotFoundError
from notifier.errors import ChannelError
from notifier.models import OutboxState
from notifier.shipments import Receipt, Shipment


class StatementFetch:
    """The channel `marketing`. Target: a customer's id; payload: `openid`, `waits`."""

    def __init__(self, database: Database, desks: Desks, source: BillSource) -> None:
        self._database = database
        self._desks = desks
        self._source = source

    def send(self, shipment: Shipment) -> Receipt:
        """Fetch, store, tell what is new; who waits in vain is given to a person."""
        customer_id = int(shipment.target)
        with self._database.reading() as session:
            customer = session.get(Customer, customer_id)
            if customer is None:
                raise ChannelError("no such account", permanent=True)
            number = customer.account_number
        try:
            statement = self._source.statement(number)
        except (NotFoundError, BillsUnavailableError) as error:
            return self._without(shipment, error)
        with self._database.scope() as session:
            told = refresh.take(
                self._desks.at(session),
                customer_id,
                statement,
                shipment.payload["openid"],
                waits=shipment.payload["waits"],
            )
        return Receipt("told" if told else "nothing new")

    def _without(self, shipment: Shipment, error: NotFoundError | BillsUnavailableError) -> Receipt:
        tries = self._desks.tables.bills.tries
        if isinstance(error, BillsUnavailableError) and shipment.attempt < tries:
            raise ChannelError("the marketing system gives no answer", permanent=False) from error
        if not shipment.payload["waits"]:
            return Receipt("no answer", state=OutboxState.SKIPPED)
        with self._database.scope() as session:
            desk = self._desks.at(session)
            refresh.give_up(desk, int(shipment.target), shipment.payload["openid"])
        return Receipt("given to a person")
