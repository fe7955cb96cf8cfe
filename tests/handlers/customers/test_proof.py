"""An account is shown to those who prove it, and to nobody else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from handlers.customers import places, service
from handlers.customers.models import Binding, ProofAttempt, Resident
from handlers.customers.service import WrongProofError
from handlers.errors import DomainError, NotFoundError
from tests.support.desks import NOW, make_desk
from tests.support.talk import arrival, seen

ACCOUNT = "3699246192"


@pytest.mark.parametrize("proof", ["张建国", " 张 建国。", "19900007716", "199-0000-7716", "+8619900007716"])  # fmt: skip
def test_the_full_name_or_the_full_phone_proves(desk, proof):
    assert service.prove(desk, "o1", ACCOUNT, proof).account_number == ACCOUNT


def test_a_companys_name_and_a_landline_prove(desk):
    assert service.prove(desk, "o1", "3699111111", "浔江市(第三)中学").name
    assert service.prove(desk, "o1", "3699111111", "07928123456").name


@pytest.mark.parametrize("proof", ["建国", "张", "7716", "张建国李梅", "", "19900007717"])
def test_a_part_of_it_does_not(desk, proof):
    with pytest.raises(WrongProofError):
        service.prove(desk, "o1", ACCOUNT, proof)


def test_a_missing_phone_is_proven_by_nothing(desk):
    with pytest.raises(WrongProofError):
        service.prove(desk, "o1", "3699000215216", "...")


def test_an_unknown_account_reads_like_a_wrong_name(desk):
    with pytest.raises(WrongProofError) as unknown:
        service.prove(desk, "o1", "3699999999", "张建国")
    with pytest.raises(WrongProofError) as wrong:
        service.prove(desk, "o2", ACCOUNT, "李四")
    assert str(unknown.value) == str(wrong.value)


def _fail(desk, times, openid="o1"):
    for _ in range(times):
        with pytest.raises(WrongProofError):
            service.prove(desk, openid, ACCOUNT, "李四")


def test_five_wrong_in_a_day_lock_the_openid_even_for_the_right_name(desk):
    _fail(desk, 5)
    assert service.is_locked(desk, "o1")
    with pytest.raises(WrongProofError) as error:
        service.prove(desk, "o1", ACCOUNT, "张建国")
    assert error.value.is_locked
    assert desk.session.scalar(sa.select(sa.func.count(ProofAttempt.id))) == 5


def test_four_wrong_do_not_lock_and_the_lock_is_for_one_openid(desk):
    _fail(desk, 4)
    assert service.prove(desk, "o1", ACCOUNT, "张建国")
    _fail(desk, 1)
    assert service.prove(desk, "o2", ACCOUNT, "张建国")


def test_the_lock_opens_after_a_day(desk, session):
    _fail(desk, 5)
    tomorrow = make_desk(session, now=NOW + timedelta(days=1))
    assert service.prove(tomorrow, "o1", ACCOUNT, "张建国")


def test_a_consent_code_lets_a_child_bind_once(desk):
    parent = service.prove(desk, "o1", ACCOUNT, "张建国")
    service.bind(desk, "o1", parent)
    seen(desk, arrival("child"))
    code, until = service.consent_code(desk, "o1", parent.id)
    assert until == NOW + timedelta(days=1)
    service.bind(desk, "child", service.prove(desk, "child", ACCOUNT, code))
    with pytest.raises(WrongProofError):
        service.prove(desk, "other", ACCOUNT, code)


def test_a_consent_code_is_for_its_account_and_its_day(desk, session):
    parent = service.prove(desk, "o1", ACCOUNT, "张建国")
    service.bind(desk, "o1", parent)
    code, _ = service.consent_code(desk, "o1", parent.id)
    with pytest.raises(WrongProofError):
        service.prove(desk, "o2", "3699111111", code)
    with pytest.raises(WrongProofError):
        service.prove(make_desk(session, now=NOW + timedelta(days=1)), "o2", ACCOUNT, code)


def test_only_who_has_bound_an_account_gives_a_code(desk):
    stranger = service.find_by_account(desk, ACCOUNT)
    with pytest.raises(NotFoundError):
        service.consent_code(desk, "o1", stranger.id)


def test_an_account_is_found_by_its_number_and_its_meter(desk):
    assert service.find_by_account(desk, "3699 2461 92").name == "张建国"
    assert service.find_by_meter(desk, "0089445239").name == "张建国"
    assert service.find_by_account(desk, "3699246193") is None
    assert service.find_by_meter(desk, "1") is None


def test_binding_twice_is_binding_once_and_there_is_an_end_to_it(desk, monkeypatch):
    home = service.find_by_account(desk, ACCOUNT)
    service.bind(desk, "o1", home)
    service.bind(desk, "o1", home, label="爸妈家")
    assert [one.id for one in service.bound(desk, "o1")] == [home.id]
    assert desk.session.get(Binding, ("o1", home.id)).label == "爸妈家"
    monkeypatch.setattr(service, "MAX_BOUND", 1)
    with pytest.raises(DomainError):
        service.bind(desk, "o1", service.find_by_account(desk, "3699111111"))


def test_who_leaves_is_forgotten(desk):
    home = service.find_by_account(desk, ACCOUNT)
    service.bind(desk, "o1", home)
    places.remember_place(desk, "o1", "C001", "3", "501")
    places.remember_phone(desk, "o1", "19900007716")
    service.forget(desk, "o1")
    desk.session.expire_all()
    row = desk.session.get(Resident, "o1")
    assert service.bound(desk, "o1") == []
    assert (row.phone, row.phone_index, row.room, row.community_code) == (None, None, None, None)
    assert not row.is_subscribed


def test_the_known_place_is_the_bound_one_else_the_told_one(desk):
    assert places.known_place(desk, "o1") is None
    places.remember_place(desk, "o1", "C002", "5", "12号")
    assert places.known_place(desk, "o1").name == "莲溪村"
    service.bind(desk, "o1", service.find_by_account(desk, ACCOUNT))
    assert places.known_place(desk, "o1").text == "棉纺一厂宿舍3栋2单元501"
    service.bind(desk, "o1", service.find_by_account(desk, "3699000215216"))
    assert places.known_place(desk, "o1").name == "莲溪村"


def test_another_community_forgets_the_old_building(desk):
    places.remember_place(desk, "o1", "C001", "3", "501")
    places.remember_place(desk, "o1", "C002")
    where = places.known_place(desk, "o1")
    assert (where.community_code, where.building, where.room) == ("C002", "", "")


def test_the_known_phone_is_the_told_one_else_the_registered_one(desk):
    service.bind(desk, "o1", service.find_by_account(desk, ACCOUNT))
    assert places.known_phone(desk, "o1") == "19900007716"
    places.remember_phone(desk, "o1", "19900000001")
    desk.session.expire_all()
    assert places.known_phone(desk, "o1") == "19900000001"
    assert places.known_phone(desk, "nobody") is None
