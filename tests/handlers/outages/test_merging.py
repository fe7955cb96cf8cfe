"""Works of one neighbourhood go into one outage."""

from datetime import timedelta

import pytest

from handlers.errors import DomainError, StateConflictError
from handlers.outages import service
from handlers.outages.merging import merge
from handlers.outages.models import OutageState
from handlers.outages.targeting import codes
from tests.handlers.outages.conftest import columns, outbox


def _draft(desk, **facts):
    return service.draft(desk, columns(desk, **facts), by="deng")[0]


def test_a_draft_is_merged_into_a_published_outage_with_word_to_its_groups(desk, published):
    into = published()
    start = into.ends_at - timedelta(hours=1)
    draft = _draft(
        desk, area_codes=["TQ0002"], starts_at=start, ends_at=start + timedelta(hours=2), reason="表计消缺"
    )  # fmt: skip
    merge(desk, draft, into=into, by="deng")
    assert codes(into) == ["TQ0001", "TQ0002"]
    assert into.ends_at == start + timedelta(hours=2)
    assert into.reason == "更换变压器；表计消缺"
    assert draft.state == OutageState.CANCELLED
    assert [m.step for m in outbox(desk)] == ["publication", "change"]


def test_what_is_published_is_not_merged_away(desk, published):
    outage = published()
    with pytest.raises(StateConflictError):
        merge(desk, outage, into=_draft(desk, area_codes=["TQ0002"]), by="deng")
    with pytest.raises(DomainError):
        merge(desk, outage, into=outage, by="deng")
