"""Whatever is done to an outage in whatever order, no group reads a step twice."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.errors import DomainError
from handlers.outages import service
from tests.handlers.outages.conftest import at, columns, customer, group, outbox, resident, tick
from tests.support.desks import fill_registry, make_database, make_desk

DEEDS = st.lists(
    st.sampled_from(["publish", "change", "area", "tick", "later", "cancel", "restore"]),
    min_size=3,
    max_size=14,
)


def _do(desk, outage, deed, number):
    if deed == "publish":
        service.publish(desk, outage, by="command")
    elif deed == "change":
        service.change(
            desk, outage, {"ends_at": outage.ends_at + timedelta(minutes=number)}, by="d"
        )
    elif deed == "area":
        area_codes = [f"TQ000{1 + number % 3}"]
        service.change(desk, outage, {"area_codes": area_codes}, by="d")
    elif deed == "tick":
        tick(desk)
    elif deed == "later":
        at(desk, desk.now + timedelta(days=4, hours=number))
    elif deed == "cancel":
        service.cancel(desk, outage, by="d")
    else:
        service.restore(desk, outage, by="d")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=DEEDS)
def test_no_group_and_no_resident_reads_a_step_twice(tmp_path_factory, deeds):
    folder: Path = tmp_path_factory.mktemp("once")
    database = make_database(folder)
    with database.scope() as session:
        fill_registry(session)
        desk = make_desk(session)
        group(desk, "Q2", target="wrSample0001", buildings=["1"])
        group(desk, "W1", channel="wecom_webhook", community_codes=["C001", "C002"])
        resident(desk, "o1", customer(desk, "3699000001"), customer(desk, "3699000002"))
        outage, _ = service.draft(desk, columns(desk, late_reason="急"), by="deng")
        for number, deed in enumerate(deeds, start=1):
            try:
                _do(desk, outage, deed, number)
            except DomainError:
                continue
        told = Counter((m.channel, m.target, m.step, m.dedupe_key) for m in outbox(desk))
        assert all(number == 1 for number in told.values())
        steps = Counter((m.target, m.step) for m in outbox(desk) if m.step != "change")
        assert all(number == 1 for number in steps.values())
        changes = Counter(m.target for m in outbox(desk, step="change"))
        assert all(number <= outage.change_count for number in changes.values())
    database.close()
