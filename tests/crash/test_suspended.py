"""A replica that was suspended while it held a lease, and wakes when another replica has the lease."""

import pytest

from bot.outbox.tables import LEASE
from bot.runtime.waiting import wait_until
from tests.crash import evidence
from tests.crash.rig import Rig

SUSPENDED_WITHIN_S = 20
# A replica that looks every five seconds, perhaps on a busy machine.
TAKEN_OVER_WITHIN_S = 60
SILENT_AFTER_S = 2


@pytest.mark.parametrize("rig", ["postgresql"], indirect=True)
def test_a_replica_that_slept_through_the_end_of_its_lease_sends_nothing(rig: Rig) -> None:
    sleeper = rig.starts_a_bot("sleeper")
    channel = rig.declares(sleeper, "S3 phones are dead")
    sleeper.is_suspended_after_a_lease()
    rig.sandbox.ack_deadline_s = 0.5  # it sleeps before it can acknowledge
    rig.says("/incident update We are looking for the cause.", channel.name)
    assert wait_until(lambda: sleeper.is_suspended, SUSPENDED_WITHIN_S)

    other = rig.starts_a_bot("other")
    rig.passes(seconds=LEASE.total_seconds())
    assert other.rests()
    sent = evidence.keys(rig)
    sleeper.wakes()
    assert sleeper.rests()
    assert other.rests()

    assert any("We are looking for the cause." in message.visible_text for message in evidence.messages(rig))
    assert evidence.keys(rig) == sent
    evidence.nothing_is_there_twice(rig)


@pytest.mark.parametrize("rig", ["postgresql"], indirect=True)
def test_a_replica_that_slept_for_200_s_during_a_declaration_repeats_nothing(rig: Rig) -> None:
    sleeper = rig.starts_a_bot("sleeper")
    assert sleeper.rests()
    sleeper.is_suspended_after_a_lease()
    rig.says("/incident declare S1 phones are dead")
    assert wait_until(lambda: sleeper.is_suspended, SUSPENDED_WITHIN_S)
    assert evidence.answers(rig, 1) == 0, "it stopped in the middle"

    other = rig.starts_a_bot("other")
    other.takes_for_dead_after(SILENT_AFTER_S)
    # Leases end by the clock that is moved here; a replica's silence is measured by the database's own clock.
    rig.passes(seconds=200)

    def is_taken_over() -> bool:
        other.takes_over()
        return evidence.answers(rig, 1) == 1

    assert wait_until(is_taken_over, TAKEN_OVER_WITHIN_S, every_s=0.5)
    assert other.rests()
    evidence.incident_is_whole(rig, 1)
    sent = evidence.keys(rig)
    sleeper.wakes()
    assert sleeper.rests()
    assert other.rests()

    assert evidence.keys(rig) == sent
    evidence.incident_is_whole(rig, 1)
    evidence.nothing_is_there_twice(rig)
