"""A replica that was suspended while it held a lease, and wakes when the lease is another's."""

import pytest

from bot.outbox.tables import LEASE
from bot.runtime.waiting import wait_until
from tests.crash import evidence
from tests.crash.desk import Desk

SUSPENDED_WITHIN_S = 20
# Half a minute is promised, on a machine that does nothing else.
TAKEN_OVER_WITHIN_S = 60


@pytest.mark.parametrize("desk", ["postgresql"], indirect=True)
def test_a_replica_that_slept_through_the_end_of_its_lease_sends_nothing(desk: Desk) -> None:
    sleeper = desk.starts_a_bot("sleeper")
    channel = desk.declares(sleeper, "S3 phones are dead")
    sleeper.is_suspended_after_a_lease()
    desk.says("/incident update We are looking for the cause.", channel.name)
    assert wait_until(lambda: sleeper.is_suspended, SUSPENDED_WITHIN_S)

    other = desk.starts_a_bot("other")
    desk.passes(seconds=LEASE.total_seconds())
    assert other.rests()
    sent = evidence.keys(desk)
    sleeper.wakes()
    assert sleeper.rests()
    assert other.rests()

    assert any("We are looking for the cause." in message.words for message in evidence.messages(desk))
    assert evidence.keys(desk) == sent
    evidence.nothing_is_there_twice(desk)


@pytest.mark.parametrize("desk", ["postgresql"], indirect=True)
def test_a_replica_that_slept_for_200_s_over_a_declaration_does_nothing_a_second_time(desk: Desk) -> None:
    sleeper = desk.starts_a_bot("sleeper")
    assert sleeper.rests()
    sleeper.is_suspended_after_a_lease()
    desk.says("/incident declare S1 phones are dead")
    assert wait_until(lambda: sleeper.is_suspended, SUSPENDED_WITHIN_S)
    assert evidence.answers(desk, 1) == 0, "it stopped in the middle"

    other = desk.starts_a_bot("other")
    # Leases end by the clock that is moved; how long a replica is silent is seen by the database's own.
    desk.passes(seconds=200)
    assert wait_until(lambda: evidence.answers(desk, 1) == 1, TAKEN_OVER_WITHIN_S)
    assert other.rests()
    evidence.incident_is_whole(desk, 1)
    sent = evidence.keys(desk)
    sleeper.wakes()
    assert sleeper.rests()
    assert other.rests()

    assert evidence.keys(desk) == sent
    evidence.incident_is_whole(desk, 1)
    evidence.nothing_is_there_twice(desk)
