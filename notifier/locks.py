"""One transaction at a time through a named gate, on either database."""

import sqlalchemy as sa
from sqlalchemy.orm import Session


def exclusive(session: Session, name: str) -> None:
    """Wait for the gate and hold it until the commit; SQLite's writers are alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(name))))
