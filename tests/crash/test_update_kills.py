"""Killing the process around drafts, decisions and approvals: one of everything, and nothing is forgotten."""

import time
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.incidents import incidents
from bot.updates import ids, pauses
from bot.updates.tables import MOVED, SENT, WAITING, Promise
from tests.crash import evidence
from tests.crash.conftest import DESK_AND_MOMENT
from tests.crash.desk import BotProcess, Desk
from tests.crash.kills import kill_everywhere
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


@pytest.mark.parametrize("minutes", [25, 30], ids=["draft", "update"])
@DESK_AND_MOMENT
def test_a_draft_and_its_update_that_are_killed_at_any_call_are_there_once(
    desk: Desk, moment: Moment, minutes: int
) -> None:
    def declared(bot: BotProcess) -> None:
        channel = desk.declares(bot, "S1 line 1 is down")
        desk.says("/incident claim communications_lead", channel=channel.name)
        assert bot.rests()
        desk.passes(minutes=minutes - 5)

    def is_sent() -> None:
        assert states(desk, "operations").count(SENT) == 1
        assert evidence.every_promise_was_kept_once(desk, 1) == states(desk, "executives").count(SENT) + 1
        assert set(drafts(desk, 1)) == {1}
        evidence.nothing_is_there_twice(desk)

    kill_everywhere(
        desk,
        moment,
        prepare=declared,
        act=lambda: desk.passes(minutes=5),
        later=lambda: desk.passes(minutes=30 - minutes),
        check=is_sent,
    )


@DESK_AND_MOMENT
def test_a_draft_that_goes_along_with_the_role_is_there_once_for_each_who_had_it(
    desk: Desk, moment: Moment
) -> None:
    led: list[bool] = []

    def drafted(bot: BotProcess) -> None:
        channel = desk.declares(bot, "S1 line 1 is down")
        desk.says("/incident claim commander", channel=channel.name)
        assert bot.rests()
        desk.passes(minutes=25)
        assert bot.rests()
        assert drafts(desk, 1)

    def assign() -> None:
        desk.says("/incident assign comms <@U0BEN>", channel=desk.channel_of(1).name)

    def is_shown() -> None:
        led.append(is_led(desk))
        shown = [key for key in evidence.keys(desk) if key.startswith("draft:1:")]
        assert set(drafts(desk, 1)) == {1}
        first = min(shown, key=lambda key: int(key.split(":")[2])).split(":")[2]
        assert f"draft:1:{first}:U0ANA:0" in shown
        assert (f"draft:1:{first}:U0BEN:0" in shown) == led[-1]
        evidence.nothing_is_there_twice(desk)

    calls = kill_everywhere(desk, moment, prepare=drafted, act=assign, check=is_shown)

    assert calls >= 2
    assert led.count(False) <= 1


def is_led(desk: Desk) -> bool:
    """Did Ben become communications lead?"""
    with desk.database.reading() as session:
        return "communications_lead" in incidents.roles(session, 1)


@DESK_AND_MOMENT
def test_copies_that_follow_a_pause_are_there_once_and_say_so_wherever_it_is_killed(
    desk: Desk, moment: Moment
) -> None:
    paused: list[bool] = []

    def updated(bot: BotProcess) -> None:
        channel = desk.declares(bot, "S1 line 1 is down")
        desk.says("/incident subscribe", channel=channel.name)
        desk.says("/incident update calls go to Cebu", channel=channel.name)

    def pause() -> None:
        desk.says("/incident pause the carrier works", channel=desk.channel_of(1).name)

    def says_so() -> None:
        paused.append(is_paused(desk))
        (copy,) = copies(desk)
        assert ("Updates are paused" in copy) == paused[-1]
        evidence.nothing_is_there_twice(desk)

    calls = kill_everywhere(desk, moment, prepare=updated, act=pause, check=says_so)

    assert calls >= 2
    assert paused.count(False) <= 1


def copies(desk: Desk) -> list[str]:
    """The copies of the updates that Ana got, as they read now."""
    sent = [message for message in evidence.messages(desk) if message.metadata]
    return [m.words for m in sent if m.metadata["event_payload"]["key"].startswith("copy:1:operations:")]


def is_paused(desk: Desk) -> bool:
    """Was the pause written down?"""
    with desk.database.reading() as session:
        return pauses.current(session, 1) is not None


@DESK_AND_MOMENT
def test_an_approval_that_is_killed_at_any_call_sends_it_once(desk: Desk, moment: Moment) -> None:
    approved: list[int] = []

    def waits_for_approval(bot: BotProcess) -> None:
        channel = desk.declares(bot, "S0 line 1 is down")
        desk.says("/incident claim commander", channel=channel.name)
        assert bot.rests()
        desk.passes(minutes=16)

    def is_sent() -> None:
        approved.append(states(desk, "customers").count(SENT))
        evidence.nothing_is_there_twice(desk)

    calls = kill_everywhere(
        desk,
        moment,
        prepare=waits_for_approval,
        act=lambda: desk.presses(ids.SEND_NOW, waiting(desk, "customers")),
        check=is_sent,
    )

    assert calls >= 2
    assert set(approved) <= {0, 1}
    assert approved.count(0) <= 1


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
