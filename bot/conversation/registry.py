"""The registry's places in memory; an import anywhere is known here within seconds."""

import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from config.database import Database
from handlers.grid import queries
from nlu import places
from nlu.understanding import Place

CHECK_SECONDS = 5.0


class Registry:
    """Builds the gazetteer anew when the registry's version rises; one thread builds at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._version = -1
        self._checked = 0.0
        self._gazetteer = places.build([])

    def gazetteer(self) -> places.Gazetteer:
        """The places as of at most a few seconds ago; the last known ones without a database."""
        is_due = time.monotonic() - self._checked > CHECK_SECONDS
        # A process that has no places yet waits for them: no place would be known to it.
        if is_due and self._lock.acquire(blocking=self._version < 0):
            try:
                self._refresh_if_due()
            finally:
                self._lock.release()
        return self._gazetteer

    def _refresh_if_due(self) -> None:
        if time.monotonic() - self._checked <= CHECK_SECONDS:
            return  # another thread has just done it
        try:
            self._refresh()
        except SQLAlchemyError:
            pass  # the message's own transaction will tell; old places serve meanwhile
        finally:
            self._checked = time.monotonic()

    def _refresh(self) -> None:
        with self._database.reading() as session:
            version = queries.registry_version(session)
            if version == self._version:
                return
            known = [
                Place(
                    code=community.community_code,
                    name=community.name,
                    aliases=tuple(aliases),
                    kind=community.kind,
                    buildings=frozenset(buildings),
                )
                for community, aliases, buildings in queries.all_places(session)
            ]
        self._gazetteer = places.build(known)
        self._version = version
