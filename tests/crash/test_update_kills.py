"""Killing the process around drafts, decisions and approvals: one of everything, and nothing is forgotten."""

import time
from itertools import count
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.incidents import incidents
from bot.updates import ids, pauses
from bot.updates.tables import MOVED, SENT, WAITING, Promise
from tests.crash import evidence
from tests.crash.conftest import DESK_AND_MOMENT
from tests.crash.desk import Desk, kill_points
from tests.crash.process import Moment

TAKEN_OVER_WITHIN_S = 30
FLOOR = Path(__file__).parent.parent / "stories" / "floors" / "updates.yaml"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """One audience is told by the clock, another waits for approval."""
    desk.floor_file = FLOOR
    return desk


def drafts(desk: Desk, number: int) -> list[int]:
    """How often each draft of an incident was shown."""
    return [times for key, times in evidence.keys(desk).items() if key.startswith(f"draft:{number}:")]


def states(desk: Desk, audience: str) -> list[str]:
    """What became of what was promised to an audience, in order."""
    with desk.database.reading() as session:
        found = session.exec(select(Promise).where(Promise.audience == audience).order_by(col(Promise.number)))
        return [promise.state for promise in found]


def waiting(desk: Desk, audience: str) -> str:
    """What the buttons call the promise that waits."""
    with desk.database.reading() as session:
        found = session.exec(select(Promise).where(Promise.audience == audience, Promise.state == WAITING)).one()
    return str(found.id)


@DESK_AND_MOMENT
def test_a_draft_and_its_update_that_are_killed_at_any_call_are_there_once(desk: Desk, moment: Moment) -> None:
    halves = count(1)
    for bot, number, calls in kill_points(desk):
        if number == 1:
            channel = desk.declares(bot, "S1 line 1 is down")
            desk.says("/incident claim communications_lead", channel=channel.name)
            assert bot.rests()
        bot.dies(moment, calls)
        # First the draft falls due, then the update.
        desk.comes_to(minutes=25 + 30 * (next(halves) - 1))
        if bot.rests():
            desk.passes(minutes=5)

    sent = states(desk, "operations").count(SENT)
    assert sent >= 1
    assert evidence.every_promise_was_kept_once(desk, 1) == states(desk, "executives").count(SENT) + sent
    assert set(drafts(desk, 1)) == {1}
    evidence.nothing_is_there_twice(desk)


@DESK_AND_MOMENT
def test_a_draft_that_goes_along_with_the_role_is_there_once_for_each_who_had_it(
    desk: Desk, moment: Moment
) -> None:
    killed = 0
    for bot, number, calls in kill_points(desk):
        channel = desk.declares(bot, f"S1 line {number} is down")
        desk.says("/incident claim commander", channel=channel.name)
        assert bot.rests()
        desk.passes(minutes=25)
        assert bot.rests()
        assert drafts(desk, number)
        bot.dies(moment, calls)
        desk.says("/incident assign comms <@U0BEN>", channel=channel.name)
        killed = number

    assert killed >= 2
    for number in range(1, killed + 1):
        shown = [key for key in evidence.keys(desk) if key.startswith(f"draft:{number}:")]
        assert set(drafts(desk, number)) == {1}
        first = min(shown, key=lambda key: int(key.split(":")[2])).split(":")[2]
        assert f"draft:{number}:{first}:U0ANA:0" in shown
        assert (f"draft:{number}:{first}:U0BEN:0" in shown) == leads(desk, number)
    assert leads(desk, killed)
    evidence.nothing_is_there_twice(desk)


def leads(desk: Desk, number: int) -> bool:
    """Did Ben become communications lead of an incident?"""
    with desk.database.reading() as session:
        return "communications_lead" in incidents.roles(session, number)


@DESK_AND_MOMENT
def test_copies_that_follow_a_pause_are_there_once_and_say_so_wherever_it_is_killed(
    desk: Desk, moment: Moment
) -> None:
    killed = 0
    for bot, number, calls in kill_points(desk):
        channel = desk.declares(bot, f"S1 line {number} is down")
        desk.says("/incident subscribe", channel=channel.name)
        desk.says("/incident update calls go to Cebu", channel=channel.name)
        assert bot.rests()
        bot.dies(moment, calls)
        desk.says("/incident pause the carrier works", channel=channel.name)
        killed = number

    assert killed >= 2
    for number in range(1, killed + 1):
        (copy,) = copies(desk, number)
        assert ("Updates are paused" in copy) == is_paused(desk, number)
    assert is_paused(desk, killed)
    evidence.nothing_is_there_twice(desk)


def copies(desk: Desk, number: int) -> list[str]:
    """The copies of an incident's updates that Ana got, as they read now."""
    begins = f"copy:{number}:operations:"
    sent = [message for message in evidence.messages(desk) if message.metadata]
    return [each.words for each in sent if each.metadata["event_payload"]["key"].startswith(begins)]


def is_paused(desk: Desk, number: int) -> bool:
    """Was the pause written down?"""
    with desk.database.reading() as session:
        return pauses.current(session, number) is not None


@DESK_AND_MOMENT
def test_an_approval_that_is_killed_at_any_call_sends_it_once(desk: Desk, moment: Moment) -> None:
    killed = 0
    for bot, number, calls in kill_points(desk):
        channel = desk.declares(bot, f"S0 line {number} is down")
        desk.says("/incident claim commander", channel=channel.name)
        assert bot.rests()
        desk.passes(minutes=16)
        assert bot.rests()
        row = newest(desk, number)
        bot.dies(moment, calls)
        desk.presses(ids.SEND_NOW, row)
        killed = number

    assert killed >= 2
    for number in range(1, killed + 1):
        assert approved_and_sent(desk, number) in (0, 1)
    assert approved_and_sent(desk, 1) == 1
    evidence.nothing_is_there_twice(desk)


def newest(desk: Desk, number: int) -> str:
    """The promise to customers of an incident that waits for approval."""
    with desk.database.reading() as session:
        waiting = (Promise.incident_id == number, Promise.audience == "customers", Promise.state == WAITING)
        return str(session.exec(select(Promise).where(*waiting)).one().id)


def approved_and_sent(desk: Desk, number: int) -> int:
    """How many updates to customers were approved and sent."""
    with desk.database.reading() as session:
        sent = (Promise.incident_id == number, Promise.audience == "customers", Promise.state == SENT)
        return len(session.exec(select(Promise).where(*sent)).all())


def test_an_update_that_was_put_off_before_the_kill_comes_at_its_new_minute(desk: Desk) -> None:
    bot = desk.starts_a_bot()
    channel = desk.declares(bot, "S1 line 1 is down")
    desk.says("/incident claim communications_lead", channel=channel.name)
    desk.passes(minutes=25)
    assert bot.rests()
    ana = desk.sandbox.person("ana")
    ana.clicks(ids.LATER, channel="dm", value=waiting(desk, "operations"))
    ana.fills(ids.REASON, "the carrier calls back")
    assert ana.submits().closed
    bot.is_killed()

    bot = desk.starts_a_bot()
    desk.passes(minutes=10)
    assert bot.rests()
    assert states(desk, "operations") == [MOVED, WAITING]
    desk.passes(minutes=5)
    assert bot.rests()

    assert states(desk, "operations") == [MOVED, SENT, WAITING]
    evidence.once_each(desk, 1, ("update_moved",))
    evidence.nothing_is_there_twice(desk)


@pytest.mark.parametrize("desk", ["postgresql"], indirect=True)
def test_of_two_that_tick_one_is_killed_midway_and_the_other_keeps_every_promise_once(desk: Desk) -> None:
    survivor, victim = desk.starts_a_bot("survivor"), desk.starts_a_bot("victim")
    for number in range(1, 6):
        desk.says(f"/incident declare S1 line {number} is down")
    assert survivor.rests()
    assert victim.rests()
    victim.dies("after", 3)
    begun = time.monotonic()
    desk.passes(minutes=30)

    assert not victim.rests(), "it was killed amid the updates"
    assert survivor.rests()

    assert time.monotonic() - begun < TAKEN_OVER_WITHIN_S
    for number in range(1, 6):
        assert evidence.every_promise_was_kept_once(desk, number) == 1
    evidence.nothing_is_there_twice(desk)
