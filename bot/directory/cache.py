"""Caches people who were just looked up, so that a click need not query the database for who clicked."""

import threading
from collections.abc import Callable

from bot.directory.rules import PersonFacts
from bot.runtime import clock

# Another replica can record that a person became a guest; this process notices within this time.
MAX_AGE_S = 30.0
MOST_PEOPLE = 10_000


class PeopleCache:
    """People by id. Call `clear` after every commit that changes one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people: dict[str, tuple[PersonFacts, float]] = {}
        self._version = 0

    def find(self, user_id: str, read_person: Callable[[str], PersonFacts | None]) -> PersonFacts | None:
        """Return the person, from `read_person` on a cache miss; None if the database does not know them either."""
        person, read_at = self._people.get(user_id, (None, 0.0))
        if person and clock.monotonic_s() - read_at < MAX_AGE_S:
            return person
        with self._lock:
            version = self._version
        now = clock.monotonic_s()
        person = read_person(user_id)
        with self._lock:
            # A row read before a concurrent change is not cached.
            if person and version == self._version and len(self._people) < MOST_PEOPLE:
                self._people[user_id] = person, now
        return person

    def clear(self) -> None:
        """Forget everyone, since some of them changed."""
        with self._lock:
            self._version += 1
            self._people.clear()
