"""Who of the staff decides about an outage: a station about its own areas, the command centre about all."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.errors import NotAllowedError
from handlers.grid.models import Grid, Role, TransformerArea

EVERYWHERE = frozenset({Role.COMMAND_CENTER, Role.ADMIN})
ELSEWHERE = "有别的站的台区，请由指挥中心来办。"


def stations_of(session: Session, area_codes: Sequence[str]) -> set[str]:
    """The stations whose transformer areas these are."""
    query = (
        sa.select(Grid.station_code)
        .join(TransformerArea, TransformerArea.grid_code == Grid.grid_code)
        .where(TransformerArea.area_code.in_(area_codes))
    )
    return set(session.scalars(query))


def require_areas(
    session: Session, area_codes: Sequence[str], *, role: str, station_code: str | None
) -> None:
    """Raise NotAllowedError where an area belongs to another station than this person's."""
    if role not in EVERYWHERE and stations_of(session, area_codes) - {station_code}:
        raise NotAllowedError(ELSEWHERE, field="area_codes")
