"""Killing the process around drafts, decisions and approvals: one of everything, and nothing forgotten."""

import time
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.incidents import incidents
from bot.updates import ids, pauses
from bot.updates.tables import MOVED, SENT, WAITING, Promise
from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.conftest import DATABASE_AND_MOMENT
from tests.crash.kills import kill_everywhere
from tests.crash.process import Moment
from tests.crash.rig import Rig

TAKEN_OVER_WITHIN_S = 30
FLOOR = Path(__file__).parent.parent / "stories" / "floors" / "updates.yaml"


@pytest.fixture
def rig(rig: Rig) -> Rig:
    """A rig whose floor has one audience told by the clock and another that waits for approval."""
    rig.floor_file = FLOOR
    return rig


def drafts(rig: Rig, number: int) -> list[int]:
    """The number of times each draft of an incident was shown."""
    return [times for key, times in evidence.keys(rig).items() if key.startswith(f"draft:{number}:")]


def states(rig: Rig, audience: str) -> list[str]:
    """The states of the promises to an audience, in order."""
    with rig.database.reading() as session:
        promises = session.exec(select(Promise).where(Promise.audience == audience).order_by(col(Promise.number)))
        return [promise.state for promise in promises]


def waiting(rig: Rig, audience: str) -> str:
    """The button value of the waiting promise."""
    with rig.database.reading() as session:
        promise = session.exec(select(Promise).where(Promise.audience == audience, Promise.state == WAITING)).one()
    return str(promise.id)


@pytest.mark.parametrize("minutes", [25, 30], ids=["draft", "update"])
@DATABASE_AND_MOMENT
def test_a_draft_and_its_update_killed_at_any_call_appear_once(rig: Rig, moment: Moment, minutes: int) -> None:
    def declared(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S1 line 1 is down")
        rig.says("/incident claim communications_lead", channel=channel.name)
        assert bot.rests()
        rig.passes(minutes=minutes - 5)

    def is_sent() -> None:
        assert states(rig, "operations").count(SENT) == 1
        assert evidence.every_promise_was_kept_once(rig, 1) == states(rig, "executives").count(SENT) + 1
        assert set(drafts(rig, 1)) == {1}
        evidence.nothing_is_there_twice(rig)

    kill_everywhere(
        rig,
        moment,
        prepare=declared,
        act=lambda: rig.passes(minutes=5),
        later=lambda: rig.passes(minutes=30 - minutes),
        check=is_sent,
    )


@DATABASE_AND_MOMENT
def test_a_draft_that_moves_with_the_role_appears_once_for_each_holder(rig: Rig, moment: Moment) -> None:
    led: list[bool] = []

    def drafted(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S1 line 1 is down")
        rig.says("/incident claim commander", channel=channel.name)
        assert bot.rests()
        rig.passes(minutes=25)
        assert bot.rests()
        assert drafts(rig, 1)

    def assign() -> None:
        rig.says("/incident assign comms <@U0BEN>", channel=rig.channel_of(1).name)

    def is_shown() -> None:
        led.append(is_led(rig))
        draft_keys = [key for key in evidence.keys(rig) if key.startswith("draft:1:")]
        assert set(drafts(rig, 1)) == {1}
        first = min(draft_keys, key=lambda key: int(key.split(":")[2])).split(":")[2]
        assert f"draft:1:{first}:U0ANA:0" in draft_keys
        assert (f"draft:1:{first}:U0BEN:0" in draft_keys) == led[-1]
        evidence.nothing_is_there_twice(rig)

    calls = kill_everywhere(rig, moment, prepare=drafted, act=assign, check=is_shown)

    assert calls >= 2
    assert led.count(False) <= 1


def is_led(rig: Rig) -> bool:
    """Whether Ben became communications lead."""
    with rig.database.reading() as session:
        return "communications_lead" in incidents.roles(session, 1)


@DATABASE_AND_MOMENT
def test_an_update_and_its_copy_edited_for_a_pause_appear_once_and_say_so_wherever_the_bot_is_killed(
    rig: Rig, moment: Moment
) -> None:
    paused: list[bool] = []

    def updated(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S1 line 1 is down")
        rig.says("/incident subscribe", channel=channel.name)
        rig.says("/incident update calls go to Cebu", channel=channel.name)

    def pause() -> None:
        rig.says("/incident pause the carrier works", channel=rig.channel_of(1).name)

    def says_so() -> None:
        paused.append(is_paused(rig))
        (copy,) = copies(rig)
        assert ("Updates are paused" in copy) == paused[-1]
        in_channel = [m.visible_text for m in rig.channel_of(1).messages.values()]
        updates = [text for text in in_channel if "calls go to Cebu" in text]
        assert updates
        assert all(("paused" in text) == paused[-1] for text in updates), updates
        evidence.nothing_is_there_twice(rig)

    calls = kill_everywhere(rig, moment, prepare=updated, act=pause, check=says_so)

    assert calls >= 2
    assert paused.count(False) <= 1


def copies(rig: Rig) -> list[str]:
    """Ana's copies of the updates, as they read now."""
    sent = [message for message in evidence.messages(rig) if message.metadata]
    return [m.visible_text for m in sent if m.metadata["event_payload"]["key"].startswith("copy:1:operations:")]


def is_paused(rig: Rig) -> bool:
    """Whether the pause was recorded."""
    with rig.database.reading() as session:
        return pauses.current(session, 1) is not None


@DATABASE_AND_MOMENT
def test_an_approval_killed_at_any_call_sends_the_update_once(rig: Rig, moment: Moment) -> None:
    approved: list[int] = []

    def waits_for_approval(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S0 line 1 is down")
        rig.says("/incident claim commander", channel=channel.name)
        assert bot.rests()
        rig.passes(minutes=16)

    def is_sent() -> None:
        approved.append(states(rig, "customers").count(SENT))
        evidence.nothing_is_there_twice(rig)

    calls = kill_everywhere(
        rig,
        moment,
        prepare=waits_for_approval,
        act=lambda: rig.presses(ids.SEND_NOW, waiting(rig, "customers")),
        check=is_sent,
    )

    assert calls >= 2
    assert set(approved) <= {0, 1}
    assert approved.count(0) <= 1


def test_an_update_postponed_before_the_kill_is_sent_at_its_new_minute(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    channel = rig.declares(bot, "S1 line 1 is down")
    rig.says("/incident claim communications_lead", channel=channel.name)
    rig.passes(minutes=25)
    assert bot.rests()
    ana = rig.sandbox.person("ana")
    ana.clicks(ids.LATER, channel="dm", value=waiting(rig, "operations"))
    ana.fills(ids.REASON, "the carrier calls back")
    assert ana.submits().closed
    bot.is_killed()

    bot = rig.starts_a_bot()
    rig.passes(minutes=10)
    assert bot.rests()
    assert states(rig, "operations") == [MOVED, WAITING]
    rig.passes(minutes=5)
    assert bot.rests()

    assert states(rig, "operations") == [MOVED, SENT, WAITING]
    evidence.once_each(rig, 1, ("update_moved",))
    evidence.nothing_is_there_twice(rig)


@pytest.mark.parametrize("rig", ["postgresql"], indirect=True)
def test_two_replicas_keep_every_promise_once_when_one_is_killed_midway(rig: Rig) -> None:
    survivor, victim = rig.starts_a_bot("survivor"), rig.starts_a_bot("victim")
    for number in range(1, 6):
        rig.says(f"/incident declare S1 line {number} is down")
    assert survivor.rests()
    assert victim.rests()
    victim.dies("after", 3)
    started_at = time.monotonic()
    rig.passes(minutes=30)

    assert not victim.rests(), "it was killed during the updates"
    assert survivor.rests()

    assert time.monotonic() - started_at < TAKEN_OVER_WITHIN_S
    for number in range(1, 6):
        assert evidence.every_promise_was_kept_once(rig, number) == 1
    evidence.nothing_is_there_twice(rig)
