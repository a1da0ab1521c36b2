"""Killing the process right after any commit: its consequences follow once, after the next start.

The bot's own commits count too, such as its heartbeat's: then it was killed before it received the command.
"""

from contextlib import suppress

from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.kills import kill_everywhere
from tests.crash.rig import Rig
from tests.floors import AUDIENCES

HEARTBEATS = 2
ROSTER = "Person,Role,Start,End\n@ana,cook,2026-05-14 08:00,2026-05-14 16:00\n"


def test_a_declaration_killed_at_any_commit_is_finished_once(rig: Rig) -> None:
    recorded: list[bool] = []

    def declare() -> None:
        rig.says("/incident declare S1 line 1 is down")

    def is_whole() -> None:
        recorded.append(evidence.with_entry(rig, "declared") == [1])
        if recorded[-1]:
            evidence.incident_is_whole(rig, 1)
            evidence.once_each(rig, 1, ("declared", "playbook_started"))
        evidence.nothing_is_there_twice(rig)

    commits = kill_everywhere(rig, "commit", act=declare, check=is_whole)

    assert commits >= 5, "a declaration has at least five transactions"
    assert recorded.count(False) <= HEARTBEATS


def test_a_step_click_killed_at_any_commit_counts_once_and_is_shown(rig: Rig) -> None:
    recorded: list[bool] = []

    def declared(bot: BotProcess) -> None:
        rig.declares(bot, "S4 phones down")

    def click() -> None:
        with suppress(TimeoutError):
            rig.sandbox.person("ana").clicks("step.done", channel=rig.channel_of(1).name)

    def is_shown() -> None:
        recorded.append(evidence.with_entry(rig, "step_done") == [1])
        if recorded[-1]:
            evidence.once_each(rig, 1, ("step_done",))
            (playbook,) = [m for m in rig.channel_of(1).messages.values() if m.visible_text.startswith("📋")]
            assert "✅ Call the carrier" in playbook.visible_text
        evidence.nothing_is_there_twice(rig)

    commits = kill_everywhere(rig, "commit", prepare=declared, act=click, check=is_shown)

    assert commits >= 2, "the click with the lease of the redraw, and settling it, are two transactions"
    assert recorded.count(False) <= HEARTBEATS


def test_a_click_killed_before_its_commit_is_not_acknowledged(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    channel = rig.declares(bot, "S4 phones down")
    bot.dies("before commit", 1)

    with suppress(TimeoutError):
        rig.sandbox.person("ana").clicks("step.done", channel=channel.name)
    assert not bot.rests(), "it was killed"

    clicks = [envelope for envelope in rig.sandbox.envelopes if envelope.kind == "interactive"]
    assert [click.acknowledged for click in clicks] == [False]


def test_a_role_change_killed_at_any_commit_is_told_to_the_holder_once(rig: Rig) -> None:
    recorded: list[bool] = []

    def declared(bot: BotProcess) -> None:
        rig.declares(bot, "S4 line 1 is down")

    def claim() -> None:
        rig.says("/incident claim commander", channel=rig.channel_of(1).name)

    def is_told() -> None:
        recorded.append(evidence.with_entry(rig, "role_taken") == [1])
        if recorded[-1]:
            evidence.once_each(rig, 1, ("role_taken",))
            message_counts = [times for key, times in evidence.keys(rig).items() if key.startswith("role:1:")]
            assert message_counts == [1]
        evidence.nothing_is_there_twice(rig)

    commits = kill_everywhere(rig, "commit", prepare=declared, act=claim, check=is_told)

    assert commits >= 3
    assert recorded.count(False) <= HEARTBEATS


def test_an_update_killed_at_any_commit_is_sent_once_to_each_channel(rig: Rig) -> None:
    def declared(bot: BotProcess) -> None:
        rig.declares(bot, "S1 line 1 is down")

    def is_sent() -> None:
        assert evidence.every_promise_was_kept_once(rig, 1) == len(AUDIENCES)
        evidence.nothing_is_there_twice(rig)

    commits = kill_everywhere(rig, "commit", prepare=declared, act=lambda: rig.passes(hours=1), check=is_sent)

    assert commits >= 3


def test_a_close_killed_at_any_commit_produces_one_post_mortem(rig: Rig) -> None:
    recorded: list[bool] = []

    def resolved(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S1 line 1 is down")
        rig.says("/incident resolve over", channel=channel.name)

    def close() -> None:
        rig.says("/incident close", channel=rig.channel_of(1).name)

    def is_whole() -> None:
        recorded.append(evidence.with_entry(rig, "closed") == [1])
        if recorded[-1]:
            assert evidence.post_mortems(rig, 1) == 1
            evidence.once_each(rig, 1, ("closed", "postmortem_delivered"))
        evidence.nothing_is_there_twice(rig)

    commits = kill_everywhere(rig, "commit", prepare=resolved, act=close, check=is_whole)

    assert commits >= 3
    assert recorded.count(False) <= HEARTBEATS


def test_a_dropped_roster_killed_at_any_commit_is_answered_with_its_result(rig: Rig) -> None:
    ana = rig.sandbox.person("ana")

    def drop() -> None:
        ana.uploads("dm", "roster.csv", ROSTER.encode())
        rig.sandbox.quiet()

    def is_answered() -> None:
        [answer] = [m for m in ana.direct_messages() if "this roster" in m.visible_text or "✅" in m.visible_text]
        assert "roster: 0 shifts in the next two months count now." in answer.visible_text
        assert "names no role of floor.yaml" in answer.visible_text
        evidence.nothing_is_there_twice(rig)

    assert kill_everywhere(rig, "commit", act=drop, check=is_answered) >= 3
