"""Killed while an incident becomes private: one private channel takes over, and everything is taken back."""

import pytest

from tests.crash import evidence
from tests.crash.desk import Desk, killed_at
from tests.crash.process import Moment

pytestmark = pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
KILLS: list[tuple[Moment, int]] = [("commit", 1), ("commit", 4), ("after", 1), ("before", 2), ("after", 5)]


def test_an_incident_that_becomes_private_is_private_wherever_it_is_killed(desk: Desk) -> None:
    for channel in killed_at(desk, KILLS):
        desk.says("/incident private customer data", channel)

    numbers = evidence.with_entry(desk, "made_private")
    assert len(numbers) == len(KILLS)
    sent = evidence.keys(desk)
    for number in numbers:
        old, new = sorted(
            (one for one in desk.channels() if one.name.startswith(f"inc-{number}-")),
            key=lambda one: one.is_private,
        )
        assert old.is_archived
        assert not [message.words for message in old.messages.values() if message.blocks]
        assert new.is_private
        assert not new.is_archived
        assert desk.sandbox.person("ana").id in new.members
        assert sent[f"card:{number}::1"] == 1
        assert sent[f"digest:{number}::0"] == 0
        assert [message for message in new.messages.values() if "What people wrote in" in message.words]
