"""What cannot be granted is told once: every reason, and what can be done instead."""

import pytest

from handlers import reactions
from handlers.applications import refusal, service
from handlers.errors import DomainError
from handlers.tickets.models import State
from tests.handlers.applications.conftest import outbox

REASONS = ["台区容量已满，要先改造", "材料对不上"]


def test_every_reason_and_the_other_way_are_told_in_one_message(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    refusal.decline(desk, ticket, REASONS, by="zhou", instead="明年3月改造完我们联系您。")
    reactions.settle(desk)
    (told,) = outbox(desk, "ticket_resolve")
    assert all(reason in told for reason in REASONS)
    assert "可以这样办：明年3月" in told
    assert "12398" in told
    assert ticket.state == State.RESOLVED
    assert service.stages_of(desk, ticket) == []
    assert ticket.fields["missing"] == []


@pytest.mark.parametrize(
    ("reasons", "instead"), [([], "等通知"), ([" "], "等通知"), (REASONS, " ")]
)
def test_a_refusal_needs_reasons_and_another_way(desk, applied, reasons, instead):
    ticket = applied("apply_charging_pile", "1")
    with pytest.raises(DomainError):
        refusal.decline(desk, ticket, reasons, by="zhou", instead=instead)
    assert ticket.state == State.ASSIGNED


def test_what_is_over_is_not_refused_again(desk, applied):
    ticket = applied("apply_charging_pile", "1")
    refusal.decline(desk, ticket, REASONS, by="zhou", instead="等通知")
    with pytest.raises(DomainError):
        refusal.decline(desk, ticket, REASONS, by="zhou", instead="等通知")
