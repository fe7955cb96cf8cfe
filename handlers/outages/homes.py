"""Where a resident lives, from bindings and from what was told before."""

import sqlalchemy as sa

from handlers.customers.models import Binding, Customer, Resident
from handlers.desk import Desk
from handlers.grid.models import Community
from handlers.grid.places import Where


def bound(desk: Desk, openid: str) -> list[Where]:
    """The places of the accounts this resident has bound, in the order of binding."""
    query = (
        sa.select(Customer, Community.name)
        .join(Binding, Binding.customer_id == Customer.id)
        .join(Community, Community.community_code == Customer.community_code)
        .where(Binding.openid == openid)
        .order_by(Binding.bound_at, Customer.id)
    )
    found = [
        Where(customer.community_code, name, customer.building)
        for customer, name in desk.session.execute(query)
    ]
    return list(dict.fromkeys(found))


def known(desk: Desk, openid: str) -> Where | None:
    """The one place a resident is known to live at; None where there is none or several."""
    places = bound(desk, openid)
    if places:
        return places[0] if len(places) == 1 else None
    resident = desk.session.get(Resident, openid)
    if resident is None or not resident.community_code:
        return None
    community = desk.session.get(Community, resident.community_code)
    if community is None:
        return None
    return Where(community.community_code, community.name, resident.building)
