"""Which roles may use which pages; a page that names nobody is refused to all."""

from flask import abort, current_app, request

from bot.access.signed_in import EVERYWHERE, LEADING, Person, person
from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.grid.models import Role, Staff
from handlers.outages import permissions
from handlers.tickets import service
from handlers.tickets.models import Ticket

STAFF = tuple(Role)
LEADERS = tuple(LEADING)
# Duty officers: they tell people of outages and judge suspected ones.
DUTY = tuple(LEADING)
CENTER = tuple(EVERYWHERE)
PUBLIC = frozenset(
    {"login", "sign_in", "wecom", "wecom_callback", "oidc", "oidc_callback", "oidc_leave"}
)


def refuse_unnamed() -> None:
    """Deny by default: every page but the sign-in says by `only` who may use it."""
    name = (request.endpoint or "").split(".")[-1]
    if request.endpoint is None or name in PUBLIC:
        return
    if not getattr(current_app.view_functions[request.endpoint], "roles", None):
        abort(403)


def own_ticket(desk: Desk, number: str, *, lock: bool = True) -> Ticket:
    """A ticket this person may see; another station's is as if it were not there."""
    ticket = service.get(desk, number, lock=lock)
    if not person().may_see(ticket):
        raise NotFoundError(f"没有找到工单 {number}，请核对单号。", field="number")
    return ticket


def staff_of(desk: Desk) -> Staff:
    """The signed-in person's row."""
    return desk.session.get_one(Staff, person().userid)


def stations_of(desk: Desk, area_codes: list[str]) -> set[str]:
    return permissions.stations_of(desk.session, area_codes)


def require_areas(desk: Desk, area_codes: list[str], who: Person) -> None:
    """A station's duty officer decides about its own areas, the command centre about all."""
    permissions.require_areas(
        desk.session, area_codes, role=who.role, station_code=who.station_code
    )
