"""Write down what became of messages: sent, to be tried again, or dead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, defer

from config.channels import Channels
from notifier import quotas
from notifier.claims import WAITING
from notifier.errors import ChannelError
from notifier.lanes import NotTried, Outcome
from notifier.models import CardReference, DeliveryReport, OutboxMessage, OutboxState
from notifier.shipments import NewCard, Receipt

log = structlog.get_logger(__name__)

CARD_LIFE = timedelta(hours=72)
FIRST_LOOK = timedelta(seconds=30)
LONGEST_ERROR = 300


@dataclass(slots=True)
class Settlement:
    """Settles one group of outcomes in the caller's transaction."""

    session: Session
    now: datetime
    limits: Channels
    closed_windows: set[str] = field(default_factory=set)

    def settle(self, outcomes: Sequence[Outcome]) -> int:
        """Returns how many messages the platforms took."""
        rows = self._rows(outcome.shipment.id for outcome in outcomes)
        sent = 0
        for outcome in outcomes:
            row = rows.get(outcome.shipment.id)
            if row is None or row.state != OutboxState.PENDING:
                continue
            match outcome.result:
                case Receipt() as receipt:
                    self._take(row, receipt, outcome.shipment.attempt)
                    sent += 1
                case ChannelError() as error:
                    self._fail(row, error, outcome.shipment.attempt)
                case NotTried():
                    self._give_back(row, outcome, rows.get(outcome.behind or 0))
        self._apply_reports([row for row in rows.values() if row.route == "template"])
        self._count_fallbacks(outcomes)
        return sent

    def _count_fallbacks(self, outcomes: Sequence[Outcome]) -> None:
        """A template that went because the window was closed after all had reserved none."""
        results = [outcome.result for outcome in outcomes]
        receipts = [result for result in results if isinstance(result, Receipt)]
        count = sum(receipt.window_closed and receipt.route == "template" for receipt in receipts)
        if count:
            quotas.spend(self.session, quotas.templates(self.limits), count, self.now)

    def _rows(self, ids: Iterable[int]) -> dict[int, OutboxMessage]:
        found = self.session.scalars(
            sa.select(OutboxMessage)
            .where(OutboxMessage.id.in_(list(ids)))
            .order_by(OutboxMessage.id)
            .options(defer(OutboxMessage.payload))
            .with_for_update()
        )
        return {row.id: row for row in found}

    def _take(self, row: OutboxMessage, receipt: Receipt, attempt: int) -> None:
        self._note_cards(row, receipt)
        if receipt.window_closed:
            self.closed_windows.add(row.target)
        if receipt.trouble is not None:
            self._fail(row, receipt.trouble, attempt)
            return
        row.state, row.route, row.platform_id = receipt.state, receipt.route, receipt.platform_id
        row.error, row.due_at = "", None
        if receipt.state == OutboxState.SKIPPED:
            return
        row.sent_at = self.now
        if receipt.is_delivered:
            row.delivered_at = self.now
        if receipt.state == OutboxState.AWAITING_OWNER:
            row.due_at = self.now + FIRST_LOOK

    def _fail(self, row: OutboxMessage, error: ChannelError, attempt: int) -> None:
        if error.window_closed:
            self.closed_windows.add(row.target)
        if row.attempts != attempt:
            return  # another worker has it since our lease ended
        row.error = str(error)[:LONGEST_ERROR]
        delays = self.limits.retry.delays
        if error.permanent or attempt > len(delays):
            row.state, row.due_at, row.route = OutboxState.DEAD, None, ""
            log.warning(
                "message_dead", id=row.id, kind=row.kind, channel=row.channel, code=error.code
            )
            return
        wait = max(delays[attempt - 1], error.retry_after or 0)
        row.due_at, row.route = self.now + timedelta(seconds=wait), WAITING

    def _give_back(self, row: OutboxMessage, outcome: Outcome, ahead: OutboxMessage | None) -> None:
        if row.attempts != outcome.shipment.attempt:
            return
        row.attempts -= 1
        row.route = WAITING
        row.due_at = ahead.due_at if ahead is not None and ahead.due_at is not None else self.now

    def _note_cards(self, row: OutboxMessage, receipt: Receipt) -> None:
        if receipt.used_cards:
            self.session.execute(
                sa.update(CardReference)
                .where(CardReference.id.in_(receipt.used_cards))
                .values(used_at=self.now)
            )
        if receipt.new_card is not None:
            self.session.add(_reference(receipt.new_card, row.ticket_number, self.now))

    def _apply_reports(self, rows: Sequence[OutboxMessage]) -> None:
        """Apply the platform's final words that came before its answers did."""
        by_id = {row.platform_id: row for row in rows if row.platform_id}
        if not by_id:
            return
        early = sa.select(DeliveryReport).where(DeliveryReport.platform_id.in_(by_id))
        for report in self.session.scalars(early).all():
            apply_report(by_id[report.platform_id], report.status, report.at)
            self.session.delete(report)


def _reference(card: NewCard, ticket_number: str | None, now: datetime) -> CardReference:
    return CardReference(
        task_id=card.task_id,
        userid=card.userid,
        ticket_number=ticket_number,
        response_code=card.response_code,
        msgid=card.msgid,
        expires_at=now + CARD_LIFE,
    )


def apply_report(row: OutboxMessage, status: str, at: datetime) -> None:
    """The final word on a template message: `success`, or `failed: …`."""
    if status == "success":
        row.delivered_at = at
    else:
        row.state, row.error = OutboxState.FAILED, status[:LONGEST_ERROR]
