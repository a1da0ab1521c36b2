"""Slack fails, one call at a time or as a whole; the database is locked. The incident stays usable."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.incidents import ids, workflows
from bot.runtime.clock import utcnow
from bot.runtime.waiting import wait_until
from bot.updates import due_promises
from tests.floor import PATIENCE_S, TestFloor
from tests.floors import with_a_bookmark
from tests.locks import brief_lock_waits, locked_database
from tests.stories.conftest import PLAYBOOKS
from tests.stories.record import rows, seen_by_all, timeline
from tests.stories.seen_updates import updates


@pytest.fixture
def bridged(tmp_path: Path) -> Iterator[TestFloor]:
    """A floor that bookmarks its bridge link in every incident's channel."""
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=with_a_bookmark(tmp_path)) as floor:
        yield floor
        floor.nothing_was_malformed()


def is_up_to_date(floor: TestFloor) -> bool:
    """Whether no promise is due any more."""
    with floor.services.database.reading() as session:
        return not due_promises.due(session, utcnow())


@pytest.mark.parametrize(
    ("method", "trouble"),
    [
        ("conversations.setTopic", "The topic could not be set"),
        ("bookmarks.add", "The bookmark could not be added"),
        ("pins.add", "The card could not be pinned"),
    ],
)
@pytest.mark.parametrize("error", ["restricted_action", "unknown_method"])
def test_a_failing_decoration_is_reported_once_and_retried(
    bridged: TestFloor, method: str, trouble: str, error: str
) -> None:
    floor = bridged
    floor.sandbox.fault(method, "error", error=error, count=99)
    channel = floor.declares()
    assert f"⚠️ {trouble} ({error})." in floor.card(channel)
    floor.passes(minutes=5)
    assert len(timeline(floor, "trouble")) == 1
    floor.ana.clicks(f"{ids.CLAIM}.commander", channel=channel)
    floor.settle()
    assert "*Commander* <@U0ANA>" in floor.card(channel)

    floor.sandbox.faults.clear()
    floor.passes(minutes=20)
    assert trouble not in floor.card(channel)
    assert len(timeline(floor, "trouble")) == 1


def test_a_digest_that_cannot_be_shown_is_reported_on_the_card_and_shown_later(floor: TestFloor) -> None:
    floor.sandbox.fault("chat.postMessage", "error", error="restricted_action", count=1, after=1)
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=1)

    assert "IVR down" in floor.visible_text("incidents")
    assert "⚠️" not in floor.card(channel)


def test_a_person_who_cannot_be_invited_is_named_in_the_channel(floor: TestFloor) -> None:
    floor.sandbox.workspace.groups["S0ANALYSTS"].users.append("U0ULLA")
    floor.restart_bot()

    channel = floor.declares("S1 IVR down")

    assert "I could not invite Ulla Ultra" in floor.visible_text(channel)
    assert "/invite" in floor.visible_text(channel)
    assert "IVR down" in floor.card(channel)


@pytest.mark.parametrize("error", ["plan_upgrade_required", "missing_scope"])
def test_the_declarer_is_invited_even_in_a_workspace_without_groups(tmp_path: Path, error: str) -> None:
    floor = TestFloor(tmp_path)
    floor.sandbox.fault("usergroups.list", "error", error=error, count=99)
    with floor:
        channel = floor.declares("S0 every line is dead", who="ben")

        assert any("You are in it" in text for text in floor.ephemeral("ben"))
        assert "I could not invite @telephony-oncall: " in floor.visible_text(channel, "ben")
        assert "Please invite them by hand with `/invite`." in floor.visible_text(channel, "ben")


def test_requests_made_while_slack_was_down_are_done_when_it_is_back(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.sandbox.offline = True
    floor.sandbox.clock_offset_s += 31 * 60
    floor.begin_tick()
    assert wait_until(lambda: is_up_to_date(floor), PATIENCE_S)

    floor.sandbox.offline = False
    floor.passes_until(lambda: updates(floor, channel) and updates(floor, "incidents"), seconds=1)

    assert len(updates(floor, channel)) == len(updates(floor, "incidents")) == 1


def test_a_form_that_cannot_be_opened_says_so(floor: TestFloor) -> None:
    floor.sandbox.fault("views.open", "server_error", count=1)

    answer = floor.says("ana", "/incident declare")

    assert answer == "Slack is not answering right now, so I could not do that. Please try again in a moment."


def test_a_channel_that_cannot_be_created_leaves_no_incident_open(floor: TestFloor) -> None:
    floor.sandbox.fault("conversations.create", "error", error="restricted_action", count=9)
    texts_before = seen_by_all(floor)

    floor.says("ana", "/incident declare S1 IVR down")

    [answer] = [words for words in floor.ephemeral("ana") if "The incident was not opened" in words]
    assert "only some people may create channels; a workspace owner must allow this app to. Nothing was" in answer
    assert seen_by_all(floor) == texts_before
    floor.says("ben", "/incident list")
    assert "Nothing is open." in floor.ephemeral("ben")[-1]


def test_an_incident_without_a_channel_gets_none_when_its_declaration_is_retried(floor: TestFloor) -> None:
    floor.sandbox.fault("conversations.create", "error", error="restricted_action", count=1)
    floor.sandbox.fault("response_url", "rate_limited", retry_after=1)
    floor.says("ana", "/incident declare S1 IVR down")
    texts_before = seen_by_all(floor)

    refusal = workflows.open_channel(floor.services, 1)
    workflows.withdraw(floor.services, 1, refusal)
    floor.settle()

    assert "only some people may create channels" in refusal
    assert seen_by_all(floor) == texts_before
    assert [row["status"] for row in rows(floor, "incidents")] == ["declined"]
    assert len(timeline(floor, "trouble")) == 1
    # Slack accepted no more answers to the command.
    assert "The incident was not opened" in floor.ana.direct_messages()[-1].visible_text


def test_an_edit_refused_in_a_frozen_channel_means_a_lost_channel(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.sandbox.fault("chat.update", "error", error="is_inactive", count=99)

    floor.says("ana", "/incident severity S2", channel)

    assert "was archived" in floor.sandbox.person("ana").direct_messages()[-1].visible_text


def test_the_reason_why_no_channel_was_created_ends_before_the_next_sentence_begins(floor: TestFloor) -> None:
    floor.sandbox.fault("conversations.create", "error", error="name_taken", count=9)

    floor.says("ana", "/incident declare S1 IVR down")

    [answer] = [words for words in floor.ephemeral("ana") if "The incident was not opened" in words]
    assert "or choose another title. Nothing was left half-done;" in answer


def test_a_change_while_the_database_is_locked_is_refused_with_a_sentence(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")
    sentence = "Watchfloor's database did not answer, and nothing was changed. Please try again in a moment."

    with locked_database(floor.services.database):
        assert floor.says("ana", "/incident severity S1 worse", channel) == sentence
        assert floor.ana.clicks(f"{ids.CLAIM}.commander", channel=channel).acked
    floor.settle()

    assert sentence in floor.ephemeral("ana", channel)
    assert rows(floor, "incidents")[0]["severity"] == "S2"
    assert rows(floor, "role_holders") == []
    floor.says("ana", "/incident severity S1 worse", channel)
    assert "S1 · Chat is slow" in floor.card(channel)


def test_a_declaration_acknowledged_while_the_database_is_locked_is_not_lost(floor: TestFloor) -> None:
    with locked_database(floor.services.database):
        answer = floor.ana.types("/incident declare S1 IVR down", channel="general")
        assert answer.ok
    floor.settle()

    assert len(rows(floor, "incidents")) == 1
    assert "S1 · IVR down" in floor.card("inc-1-ivr-down")


def test_events_in_a_channel_without_an_incident_wait_for_no_lock(floor: TestFloor) -> None:
    floor.declares("S1 IVR down")
    count_before = len(floor.sandbox.envelopes)

    with locked_database(floor.services.database):
        message = floor.ana.says("Lunch?", channel="incidents")
        floor.ana.edits("incidents", message.ts, "Lunch at one?")
        floor.ana.reacts("pushpin", "incidents", message.ts)
        floor.ana.pins("incidents", message.ts)
        floor.ana.deletes("incidents", message.ts)
        floor.ben.leaves("incidents")
        floor.ben.joins("incidents")
        direct_message = floor.ana.says("A form of mine", channel="dm")
        floor.ana.uploads("dm", "form.pdf", b"x", thread_ts=direct_message.ts)
        floor.sandbox.quiet(timeout=PATIENCE_S)

    heard = floor.sandbox.envelopes[count_before:]
    assert len(heard) >= 7
    assert [envelope.payload["event"]["type"] for envelope in heard if envelope.error] == []


def test_a_message_sent_while_the_database_is_locked_is_kept(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.sandbox.retry_delays_s = (0.1, 3, 3)
    floor.sandbox.ack_deadline_s = 0.5
    database = floor.services.database

    with brief_lock_waits(database), locked_database(database):
        floor.ana.says("The trunk is dead", channel=channel)
        floor.sandbox.wait_for(lambda: any(e.error for e in floor.sandbox.envelopes), timeout=10)
    floor.sandbox.wait_for(lambda: timeline(floor, "message"), timeout=15)

    assert len(timeline(floor, "message")) == 1


def test_repeated_rate_limits_cause_nothing_to_be_given_up(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.sandbox.fault("chat.postMessage", "rate_limited", count=35, retry_after=30)
    floor.says("ana", "/incident assign communications_lead <@U0BEN>", channel)

    floor.passes_until(
        lambda: any(
            "You are *communications lead*" in message.visible_text for message in floor.ben.direct_messages()
        ),
        seconds=31,
    )


def test_messages_waiting_for_their_turn_in_the_incidents_channel_are_not_searched_for(floor: TestFloor) -> None:
    for number in range(1, 8):
        floor.says("ana", f"/incident declare S3 line {number} is down")
    floor.passes(seconds=10)

    messages = [message for message in floor.ana.sees("incidents") if "is down" in message.visible_text]
    assert len(messages) == 7
    assert floor.sandbox.calls_of("conversations.history") == []
