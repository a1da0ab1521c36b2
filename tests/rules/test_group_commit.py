"""Changes that many threads bring at the same moment are committed together, and fail alone."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from sqlmodel import Session

from bot.runtime.database import ChangeUnknown, DatabaseBusy
from bot.runtime.database.group_commit import MOST_AT_ONCE, GroupCommit
from bot.runtime.waiting import wait_until

CROWD = MOST_AT_ONCE + 10
PATIENCE_S = 20


class Store:
    """A store that records the names committed together; its first transaction waits until it is opened."""

    def __init__(self) -> None:
        self.is_asked, self.is_open = Event(), Event()
        self.committed: list[list[str]] = []
        self.refusal: Exception | None = None
        self._names: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a transaction whose session is not used."""
        self.is_asked.set()
        assert self.is_open.wait(PATIENCE_S)
        if self.refusal:
            raise self.refusal
        self._names = []
        yield Session()
        self.committed.append(self._names)

    def add(self, name: str) -> None:
        """Make a change."""
        if name == "broken":
            raise ValueError(name)
        self._names.append(name)


@pytest.fixture
def store() -> Store:
    """A store without any commit."""
    return Store()


def bring(store: Store, names: list[str]) -> list[BaseException | None]:
    """Begin one change and, while its transaction waits, bring the others; return how each of these ended."""
    group = GroupCommit(store.transaction)
    with ThreadPoolExecutor(CROWD + 1) as crowd:

        def submit(name: str) -> "Future[None]":
            return crowd.submit(group.apply, name, lambda session: store.add(name))

        first = submit("first")
        assert store.is_asked.wait(PATIENCE_S)
        later_changes = [submit(name) for name in names]
        assert wait_until(lambda: group.waiting == len(names), PATIENCE_S)
        store.is_open.set()
        first.exception(PATIENCE_S)
        return [change.exception(PATIENCE_S) for change in later_changes]


def test_changes_that_arrive_during_a_commit_are_committed_together_in_their_order(store: Store) -> None:
    assert bring(store, ["d", "b", "c", "a"]) == [None] * 4
    assert store.committed == [["first"], ["a", "b", "c", "d"]]


def test_more_changes_than_a_transaction_takes_are_committed_in_several(store: Store) -> None:
    names = [f"{number:03}" for number in range(CROWD)]

    assert bring(store, names) == [None] * CROWD
    _first, *others = store.committed
    assert [len(names) for names in others] == [MOST_AT_ONCE, CROWD - MOST_AT_ONCE]
    assert sorted(name for names in others for name in names) == names


def test_a_broken_change_fails_alone(store: Store) -> None:
    good, broken, also_good = bring(store, ["a", "broken", "c"])

    assert (good, also_good) == (None, None)
    assert isinstance(broken, ValueError)
    assert store.committed == [["first"], ["a"], ["c"]]


@pytest.mark.parametrize("refusal", [DatabaseBusy(), ChangeUnknown()])
def test_a_database_that_does_not_answer_is_asked_once_for_all(store: Store, refusal: Exception) -> None:
    store.refusal = refusal

    assert bring(store, ["a", "b"]) == [refusal] * 2
    assert store.committed == []


def test_no_caller_waits_for_ever_for_a_thread_that_was_made_to_end(store: Store) -> None:
    store.refusal = KeyboardInterrupt()  # type: ignore[assignment]  # as when the process is stopped

    ends = bring(store, ["a", "b"])

    assert {type(error) for error in ends} == {KeyboardInterrupt, ChangeUnknown}
