"""The community nearest to a position on the map."""

import math

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.grid.models import Community

EARTH_METRES = 6_371_000
NEAR_METRES = 1500


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance of two (latitude, longitude) pairs in degrees, over the sphere."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (a, b))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(half))


def community(
    session: Session, latitude: float | None, longitude: float | None
) -> Community | None:
    """The nearest one within 1.5 km, None where there is none."""
    if latitude is None or longitude is None:
        return None
    known = session.scalars(sa.select(Community).where(Community.latitude.is_not(None)))
    here = (latitude, longitude)
    ranked = [
        (metres(here, (c.latitude, c.longitude)), c.community_code, c)
        for c in known
        if c.latitude is not None and c.longitude is not None
    ]
    best = min(ranked, default=None, key=lambda row: row[:2])
    return best[2] if best is not None and best[0] <= NEAR_METRES else None
