"""Where a resident lives and can be phoned, as far as we know."""

from dataclasses import dataclass

import sqlalchemy as sa

from config.database import blind
from handlers.customers import service
from handlers.customers.models import Customer, Resident
from handlers.desk import Desk
from handlers.grid.models import Community
from handlers.grid.places import Where, unit_of
from handlers.masking import mask_number

TAIL = 4


@dataclass(frozen=True, slots=True)
class Profile:
    """An account, masked; `place` is without the room, `phone_tail` is what is asked back."""

    account: str
    place: str
    phone_tail: str


def known_place(desk: Desk, openid: str) -> Where | None:
    """The place of the bound account, else the one they told or scanned last.

    With several accounts in different places it is the one in the community they spoke of last,
    else that of the first binding.
    """
    resident = desk.session.get(Resident, openid)
    homes = service.bound(desk, openid)
    spoken = resident.community_code if resident else None
    if homes:
        home = next((home for home in homes if home.community_code == spoken), homes[0])
        return _where(desk, home.community_code, home.building, home.room)
    if resident is None or spoken is None:
        return None
    return _where(desk, spoken, resident.building, resident.room)


def known_phone(desk: Desk, openid: str) -> str | None:
    """The phone they told us, else the registered one of the first bound account."""
    resident = desk.session.get(Resident, openid)
    if resident is not None and resident.phone:
        return resident.phone
    return next((home.phone for home in service.bound(desk, openid) if home.phone), None)


def known_names(desk: Desk, openid: str | None) -> set[str]:
    """Names of this resident: the own, and of the holders of bound accounts."""
    if openid is None:
        return set()
    resident = desk.session.get(Resident, openid)
    holders = {customer.name for customer in service.bound(desk, openid)}
    return holders | ({resident.name} if resident is not None and resident.name else set())


def remember_place(
    desk: Desk, openid: str, community_code: str, building: str = "", room: str = ""
) -> None:
    """Keep where someone said they live; another community forgets the old building."""
    resident = desk.session.get(Resident, openid)
    if resident is None:
        return
    if resident.community_code != community_code:
        resident.building, resident.room = "", None
    resident.community_code = community_code
    resident.building = building or resident.building
    resident.room = room or resident.room


def remember_phone(desk: Desk, openid: str, phone: str) -> None:
    """Keep the number at which a resident wants to be called."""
    desk.session.execute(
        sa.update(Resident)
        .where(Resident.openid == openid)
        .values(phone=phone, phone_index=blind(desk.session, phone, "phone"))
    )


def home_text(desk: Desk, customer: Customer) -> str:
    """An account's place without the room: 棉纺一厂宿舍3栋."""
    where = _where(desk, customer.community_code, customer.building, None)
    return where.text if where else ""


def profile_of(desk: Desk, customer: Customer) -> Profile:
    """An account as its resident may read it in a chat."""
    return Profile(
        mask_number(customer.account_number) or "",
        home_text(desk, customer),
        (customer.phone or "")[-TAIL:],
    )


def _where(desk: Desk, code: str, building: str, room: str | None) -> Where | None:
    community = desk.session.get(Community, code)
    if community is None:
        return None
    return Where(code, community.name, building, room or "", unit_of(community.kind))
