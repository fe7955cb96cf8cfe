"""Who may do what to a ticket: every role, at home and elsewhere, trained and not, every step."""

import pytest

from handlers.errors import NotAllowedError
from handlers.grid.models import Role, Staff, Station
from handlers.tickets import commands, permissions, staff_life
from handlers.tickets.models import Action
from handlers.tickets.permissions import DECIDING, HANDS

OPEN_TO_THE_STATION = frozenset(Action) - HANDS - DECIDING


def hire(desk, userid: str, role: Role, station: str | None, *, trained: bool = True) -> Staff:
    if station == "CX" and desk.session.get(Station, "CX") is None:
        facts = dict.fromkeys(("address", "phone", "duty_phone", "hall_hours"), "")
        desk.session.add(Station(station_code="CX", name="城西供电服务站", **facts))
        desk.session.flush()
    person = Staff(
        userid=userid,
        name=userid,
        phone="",
        role=role,
        station_code=station,
        safety_trained=trained,
    )
    desk.session.add(person)
    desk.session.flush()
    return person


def allowed(desk, person: Staff, ticket) -> set[Action]:
    return {action for action in Action if permissions.may(desk, person, ticket, action)}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("station", ["CD", "CX"])
@pytest.mark.parametrize("trained", [True, False])
def test_every_role_at_its_station_and_at_another(desk, opened, role, station, trained):
    ticket = opened("outage")
    is_everywhere = role in {Role.COMMAND_CENTER, Role.ADMIN}
    person = hire(desk, "new", role, None if is_everywhere else station, trained=trained)
    if is_everywhere:
        expected = set(Action)
    elif station == "CX":
        expected = set()
    elif role in {Role.TEAM_LEADER, Role.STATION_HEAD}:
        expected = set(Action)
    else:
        expected = set(OPEN_TO_THE_STATION) | (set(HANDS) if trained else set())
    assert allowed(desk, person, ticket) == expected


@pytest.mark.parametrize("role", list(Role))
def test_the_general_queue_is_the_command_centres(desk, opened, role):
    ticket = opened("outage", community_code=None, place_text="老棉纺家属院")
    is_everywhere = role in {Role.COMMAND_CENTER, Role.ADMIN}
    person = hire(desk, "new", role, None if is_everywhere else "CD")
    assert allowed(desk, person, ticket) == (set(Action) if is_everywhere else set())


def test_whom_it_lies_with_may_do_everything_and_his_grid_may_decide(desk, opened):
    ticket = opened("outage")
    assert ticket.assignee_userid == "zhou"
    assert allowed(desk, desk.session.get_one(Staff, "zhou"), ticket) == set(Action)
    deputy = desk.session.get_one(Staff, "liu")
    assert allowed(desk, deputy, ticket) == set(Action)
    untrained = desk.session.get_one(Staff, "wan")  # of the grid too, but not for hands
    assert allowed(desk, untrained, ticket) == set(Action) - HANDS


def test_what_no_hands_touch_anyone_of_the_station_may_take(desk, opened):
    ticket = opened("consult", "问问电价")
    person = hire(desk, "new", Role.CUSTOMER_MANAGER, "CD", trained=False)
    assert allowed(desk, person, ticket) >= HANDS


@pytest.mark.parametrize(
    ("userid", "text", "said"),
    [
        ("elsewhere", "接单 {n}", "不在您的站里"),
        ("untrained", "接单 {n}", "安规考试"),
        ("trained", "撤销 {n} 不要了", "现在由周志强负责"),
        ("trained", "接管 {n}", "现在由周志强负责"),
        ("elsewhere", "回复 {n} 你好", "不在您的站里"),
    ],
)
def test_a_refusal_says_who_can(desk, opened, userid, text, said):
    ticket = opened("outage")
    hire(desk, "elsewhere", Role.STATION_HEAD, "CX")
    hire(desk, "untrained", Role.CUSTOMER_MANAGER, "CD", trained=False)
    hire(desk, "trained", Role.REPAIR_CREW, "CD")
    with pytest.raises(NotAllowedError) as refusal:
        commands.answer(desk, userid, text.format(n=ticket.number))
    assert said in refusal.value.message
    assert (ticket.state, ticket.assignee_userid) == ("assigned", "zhou")


def test_a_button_on_anothers_card_is_refused_before_it_asks(desk, opened):
    ticket = opened("outage")
    hire(desk, "elsewhere", Role.REPAIR_CREW, "CX")
    for key in ("accept", "resolve", "transfer", "take_over"):
        with pytest.raises(NotAllowedError):
            commands.press(desk, "elsewhere", key, ticket.number)


def test_who_gave_a_ticket_back_may_still_say_where_it_belongs(desk, opened):
    ticket = opened("outage")
    staff_life.answer(desk, "zhou", f"派错 {ticket.number}")
    assert ticket.station_code is None
    with pytest.raises(NotAllowedError) as refusal:
        staff_life.answer(desk, "liu", f"派错 {ticket.number} 棉纺一厂宿舍")
    assert "总队列" in refusal.value.message
    staff_life.answer(desk, "zhou", f"派错 {ticket.number} 棉纺一厂宿舍")
    assert ticket.station_code == "CD"


def test_a_confidential_reporters_words_are_masked_when_the_talk_is_taken_over(desk, opened):
    ticket = opened(
        "violation", "我是19900002625，楼下偷电", openid="openid-z", is_confidential=True
    )
    said = commands.answer(desk, "zhou", f"接管 {ticket.number}")
    assert "19900002625" not in said
    assert "偷电" in said
