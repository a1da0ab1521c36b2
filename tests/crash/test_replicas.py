"""Several bots on one PostgreSQL: everything is done once, and a dead replica is replaced."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from bot.runtime.replicas import SILENT_AFTER_S, Replicas, ReplicaTaken
from bot.runtime.waiting import wait_until
from tests.crash import evidence
from tests.crash.rig import Rig
from tests.floors import AUDIENCES
from tests.postgres import PostgresServer

ON_POSTGRESQL = pytest.mark.parametrize("rig", ["postgresql"], indirect=True)


@pytest.mark.parametrize("rig", ["empty postgresql"], indirect=True)
def test_replicas_that_start_together_on_an_empty_database_upgrade_it_once(rig: Rig) -> None:
    with ThreadPoolExecutor() as executor:
        bots = list(executor.map(rig.starts_a_bot, ("one", "other", "third")))

    rig.says("/incident declare S1 line 1 is down")
    assert all(bot.rests() for bot in bots)
    evidence.incident_is_whole(rig, 1)


@ON_POSTGRESQL
def test_two_replicas_that_both_tick_keep_each_promise_once(rig: Rig) -> None:
    one, other = rig.starts_a_bot("one"), rig.starts_a_bot("other")
    rig.says("/incident declare S1 line 1 is down")
    assert one.rests()
    for hours in range(1, 6):
        rig.comes_to(hours=hours)
        assert one.rests()
        assert other.rests()

    assert evidence.every_promise_was_kept_once(rig, 1) == len(AUDIENCES) * 5
    evidence.incident_is_whole(rig, 1)
    evidence.nothing_is_there_twice(rig)


@ON_POSTGRESQL
def test_work_begun_by_a_killed_replica_is_finished_by_another(rig: Rig) -> None:
    survivor, declared_count = rig.starts_a_bot("survivor"), 0
    assert survivor.rests()
    for calls in (1, 5):
        victim = rig.starts_a_bot(f"victim {calls}")
        assert victim.rests()
        victim.dies("after", calls)
        # Slack sends each command to one of the two.
        while victim.rests():
            declared_count += 1
            rig.says(f"/incident declare S1 line {declared_count} is down")

        survivor.takes_over()
        assert survivor.rests(), "it waits at most half a minute"

    for number in range(1, declared_count + 1):
        evidence.incident_is_whole(rig, number)
    evidence.nothing_is_there_twice(rig)


@ON_POSTGRESQL
def test_a_name_can_be_used_by_only_one_living_replica(rig: Rig) -> None:
    first, second = Replicas(rig.database_url, "one"), Replicas(rig.database_url, "one")
    first.join()

    with pytest.raises(ReplicaTaken, match="WATCHFLOOR_REPLICA"):
        second.join(timeout_s=0.1)
    first.leave()
    second.join(timeout_s=5)

    second.leave()
    with first.hold_if_dead("one") as is_dead:
        assert not is_dead, "a replica that is not alive itself declares nobody dead"


@ON_POSTGRESQL
def test_a_replica_that_falls_silent_counts_as_dead(rig: Rig) -> None:
    silent, other = Replicas(rig.database_url, "silent"), Replicas(rig.database_url, "other")
    silent.join()
    other.join()
    with other.hold_if_dead("silent") as is_dead:
        assert not is_dead
    other.silent_after_s = 0

    def is_taken_for_dead() -> bool:
        with other.hold_if_dead("silent") as is_dead:
            return is_dead

    assert wait_until(is_taken_for_dead, 5)
    # When it wakes up it finds its connection closed and registers as alive again.
    silent.keep_alive()
    other.silent_after_s = SILENT_AFTER_S
    assert not is_taken_for_dead()
    for replica in (silent, other):
        replica.leave()


@ON_POSTGRESQL
def test_a_replica_of_another_database_on_the_same_server_is_left_alone(rig: Rig, postgres: PostgresServer) -> None:
    other_url = postgres.new_database()
    namesake = Replicas(other_url, "silent")
    silent, other = (Replicas(rig.database_url, name) for name in ("silent", "other"))
    for replica in (namesake, silent, other):
        replica.join()
    other.silent_after_s = 0

    def is_taken_for_dead() -> bool:
        with other.hold_if_dead("silent") as is_dead:
            return is_dead

    assert wait_until(is_taken_for_dead, 5)
    with pytest.raises(ReplicaTaken):
        Replicas(other_url, "silent").join(timeout_s=0)
    for replica in (namesake, silent, other):
        replica.leave()


@ON_POSTGRESQL
def test_a_replica_cut_off_by_the_database_waits_until_the_others_are_back(rig: Rig) -> None:
    first, later = Replicas(rig.database_url, "first"), Replicas(rig.database_url, "later")
    for replica in (first, later):
        replica.join()
    database = sa.create_engine(rig.database_url)
    with database.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    database.dispose()

    def is_taken_for_dead() -> bool:
        with first.hold_if_dead("later") as is_dead:
            return is_dead

    with pytest.raises(sa.exc.OperationalError):
        is_taken_for_dead()
    first.keep_alive()
    assert not is_taken_for_dead(), "it has not had the time to come back"
    first.join_again_within_s = 0
    assert is_taken_for_dead(), "it did not come back"
    later.keep_alive()
    assert not is_taken_for_dead()
    for replica in (first, later):
        replica.leave()
