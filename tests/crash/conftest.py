"""A rig on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import prepared
from tests.crash.rig import Rig
from tests.crash.saved_states import postgres_rows, sqlite_files

# Each database and each moment once, not all combinations: a bot killed before a call leaves the same state as one
# killed right after its last commit or the previous call.
DATABASE_AND_MOMENT = pytest.mark.parametrize(
    ("rig", "moment"), [("sqlite", "after"), ("postgresql", "before")], indirect=["rig"]
)


@pytest.fixture(params=["sqlite", "postgresql"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """A workspace and a database without rows; the bot has not been started yet."""
    if request.param == "sqlite":
        url = prepared.database(tmp_path)
        save = sqlite_files(tmp_path)
    else:
        url = request.getfixturevalue(
            "postgres_url" if request.param == "empty postgresql" else "prepared_postgres_url"
        )
        save = postgres_rows(url)
    with Rig(tmp_path, url, save=save) as rig:
        yield rig
