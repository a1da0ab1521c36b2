"""What is to be found after everything was cut off and finished: one of each, and nothing missing."""

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
    """One channel with its people, one card, one digest message, one playbook message; everything drawn."""
    channel = rig.channel_of(number)
    assert rig.sandbox.person("ana").id in channel.members
    sent = keys(rig)
    wanted = [f"card:{number}::0", f"digest:{number}::0"]
    assert {key: sent[key] for key in wanted} == dict.fromkeys(wanted, 1)
    assert len([key for key in sent if key.startswith(f"run:{number}:")]) == 1
    assert len(channel.pins) == 1
    assert len(channel.bookmarks) == 1
    assert channel.topic["value"]
    assert answers(rig, number) <= 1


def _left_over(rig: Rig) -> list[OutboxRow]:
    """What is still to be brought to Slack."""
    with rig.database.reading() as session:
        return [row for row in session.exec(select(OutboxRow)) if not row.is_settled]


def nothing_is_there_twice(rig: Rig) -> None:
    """No message was sent twice, nothing was written down twice, nothing is left to show or to say."""
    assert {key: times for key, times in keys(rig).items() if times > 1} == {}
    with rig.database.reading() as session:
        written = Counter(
            (entry.incident_id, entry.kind, str(entry.facts), entry.at)
            for entry in session.exec(select(TimelineEntry))
        )
    twice = [entry for entry, times in written.items() if times > 1]
    assert twice == [], twice
    # What Slack was slow to take is tried again by the clock, a few ticks later.
    assert wait_until(lambda: not _left_over(rig), LEFT_OVER_S), _left_over(rig)
    refused = [(call.method, call.args, call.answer) for call in rig.sandbox.refusals]
    assert refused == [], refused


def once_each(rig: Rig, number: int, kinds: tuple[str, ...]) -> None:
    """These things happened to an incident exactly once, by its timeline."""
    with rig.database.reading() as session:
        happened = Counter(entry.kind for entry in timeline.entries(session, number))
    assert {kind: happened[kind] for kind in kinds} == dict.fromkeys(kinds, 1)


def count_of(rig: Rig, number: int, kind: str) -> int:
    """How often this happened to an incident, by its timeline."""
    with rig.database.reading() as session:
        return sum(entry.kind == kind for entry in timeline.entries(session, number))


def with_entry(rig: Rig, kind: str) -> list[int]:
    """The incidents to which this happened, by their timelines."""
    of_kind = select(TimelineEntry.incident_id).where(TimelineEntry.kind == kind)
    with rig.database.reading() as session:
        return sorted(session.exec(of_kind.distinct()))


def every_promise_was_kept_once(rig: Rig, number: int) -> int:
    """Each update that was sent is in each of its channels once, perhaps as a line below an earlier one; gives back
    how many the clock had promised.

    The first one to executives is sent as soon as the channel is open.
    """
    sent = keys(rig)
    with rig.database.reading() as session:
        promises = session.exec(select(Promise).where(Promise.incident_id == number, Promise.state == SENT)).all()
        declared_at = by_number(session, number).declared_at
        told = {
            promise.id: [
                f"{updates.get(session, promise.shown_by).key}:{deliveries.channel_of(row)}"
                for row in deliveries.of_promise(session, promise)
            ]
            for promise in promises
        }
    for promise in promises:
        wanted = told[promise.id]
        assert wanted
        assert {key: sent[key] for key in wanted} == dict.fromkeys(wanted, 1)
    return sum(promise.due_at > declared_at + timedelta(minutes=1) for promise in promises)


def post_mortems(rig: Rig, number: int) -> int:
    """How often the draft of an incident is to be seen."""
    return sum(file["name"] == f"post-mortem-{number}.md" for message in messages(rig) for file in message.files)


def keys(rig: Rig) -> Counter[str]:
    """Every message of the bot by the key it carries; a batch has that of its first part."""
    return Counter(
        message.metadata["event_payload"]["key"].removesuffix(":batch")
        for message in messages(rig)
        if message.metadata is not None
    )


def answers(rig: Rig, number: int) -> int:
    """How often the declarer was told that the incident is open."""
    said = f"Incident {number} is open"
    ephemeral = [message for channel in rig.channels() for message in channel.ephemerals]
    return sum(said in message.words for message in [*ephemeral, *messages(rig)])


def messages(rig: Rig) -> list[Message]:
    """Every message in every conversation."""
    return [message for channel in rig.channels() for message in channel.messages.values()]
