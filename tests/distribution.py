"""The tests that one worker runs one after another: those that share something that takes long to make."""

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist says nothing of its types

BROWSER = "tests/browser/"
# A file of these takes long, so its tests run in parallel, unless they share a fixture.
LONG = ("tests/crash/", "tests/stories/")


class Distribution(LoadScopeScheduling):  # type: ignore[misc]  # the same
    """In the order of collection, which begins with the browser and the crash tests because they take longest."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith(BROWSER):
            return BROWSER  # one worker has the browser
        return nodeid if file.startswith(LONG) and not _shares_fixture(file) else file


@cache
def _shares_fixture(file: str) -> bool:
    text = Path(file).read_text(encoding="utf-8")
    return 'scope="module"' in text or "shared_floor" in text
