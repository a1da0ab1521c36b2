"""Checks after everything was interrupted and finished: one of each, and nothing missing."""

from collections import Counter
from datetime import timedelta

from sqlmodel import select

from bot.incidents.incidents import by_number
from bot.outbox.tables import OutboxRow
from bot.runtime.waiting import wait_until
from bot.timeline import timeline
from bot.timeline.tables import TimelineEntry
from bot.updates import deliveries
from bot.updates import tables as updates
from bot.updates.tables import SENT, Promise
from slack_sandbox.model import Message
from tests.crash.rig import Rig

LEFT_OVER_S = 15


def incident_is_whole(rig: Rig, number: int) -> None:
    """Assert one channel with its people, one card, one digest message and one playbook message, all drawn."""
    channel = rig.channel_of(number)
    assert rig.sandbox.person("ana").id in channel.members
    sent = keys(rig)
    expected_keys = [f"card:{number}::0", f"digest:{number}::0"]
    assert {key: sent[key] for key in expected_keys} == dict.fromkeys(expected_keys, 1)
    assert len([key for key in sent if key.startswith(f"run:{number}:")]) == 1
    assert len(channel.pins) == 1
    assert len(channel.bookmarks) == 1
    assert channel.topic["value"]
    assert answers(rig, number) <= 1


def _left_over(rig: Rig) -> list[OutboxRow]:
    """The outbox rows that are still to be sent to Slack."""
    with rig.database.reading() as session:
        return [row for row in session.exec(select(OutboxRow)) if not row.is_settled]


def nothing_is_there_twice(rig: Rig) -> None:
    """Assert that no message was sent twice, nothing was recorded twice and nothing is left to send."""
    assert {key: times for key, times in keys(rig).items() if times > 1} == {}
    with rig.database.reading() as session:
        entry_counts = Counter(
            (entry.incident_id, entry.kind, str(entry.facts), entry.at)
            for entry in session.exec(select(TimelineEntry))
        )
    duplicates = [entry for entry, times in entry_counts.items() if times > 1]
    assert duplicates == [], duplicates
    # The clock retries slow calls to Slack a few ticks later.
    assert wait_until(lambda: not _left_over(rig), LEFT_OVER_S), _left_over(rig)
    refusals = [(call.method, call.args, call.answer) for call in rig.sandbox.refusals]
    assert refusals == [], refusals


def once_each(rig: Rig, number: int, kinds: tuple[str, ...]) -> None:
    """Assert that these kinds are in an incident's timeline exactly once."""
    with rig.database.reading() as session:
        happened = Counter(entry.kind for entry in timeline.entries(session, number))
    assert {kind: happened[kind] for kind in kinds} == dict.fromkeys(kinds, 1)


def count_of(rig: Rig, number: int, kind: str) -> int:
    """The number of entries of this kind in an incident's timeline."""
    with rig.database.reading() as session:
        return sum(entry.kind == kind for entry in timeline.entries(session, number))


def with_entry(rig: Rig, kind: str) -> list[int]:
    """The incidents whose timelines have an entry of this kind."""
    of_kind = select(TimelineEntry.incident_id).where(TimelineEntry.kind == kind)
    with rig.database.reading() as session:
        return sorted(session.exec(of_kind.distinct()))


def every_promise_was_kept_once(rig: Rig, number: int) -> int:
    """Assert that each sent update is in each of its channels once, perhaps as a line below an earlier one; return
    how many the clock had promised.

    The first update to executives is sent as soon as the channel is open.
    """
    sent = keys(rig)
    with rig.database.reading() as session:
        promises = session.exec(select(Promise).where(Promise.incident_id == number, Promise.state == SENT)).all()
        declared_at = by_number(session, number).declared_at
        keys_by_promise = {
            promise.id: [
                f"{updates.get(session, promise.shown_by).key}:{deliveries.channel_of(row)}"
                for row in deliveries.of_promise(session, promise)
            ]
            for promise in promises
        }
    assert promises, "no promise was kept"
    for promise in promises:
        expected_keys = keys_by_promise[promise.id]
        assert expected_keys
        assert {key: sent[key] for key in expected_keys} == dict.fromkeys(expected_keys, 1)
    return sum(promise.due_at > declared_at + timedelta(minutes=1) for promise in promises)


def post_mortems(rig: Rig, number: int) -> int:
    """The number of times an incident's post-mortem draft is in a message."""
    return sum(file["name"] == f"post-mortem-{number}.md" for message in messages(rig) for file in message.files)


def keys(rig: Rig) -> Counter[str]:
    """The number of messages of the bot by key; a batch has the key of its first part."""
    return Counter(
        message.metadata["event_payload"]["key"].removesuffix(":batch")
        for message in messages(rig)
        if message.metadata is not None
    )


def answers(rig: Rig, number: int) -> int:
    """The number of times the declarer was told that the incident is open."""
    sentence = f"Incident {number} is open"
    ephemeral = [message for channel in rig.channels() for message in channel.ephemerals]
    return sum(sentence in message.visible_text for message in [*ephemeral, *messages(rig)])


def messages(rig: Rig) -> list[Message]:
    """Every message in every conversation."""
    return [message for channel in rig.channels() for message in channel.messages.values()]
