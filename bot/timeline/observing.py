"""Reads messages from Slack's events and history. Pure: dictionaries in, `ObservedMessage` out."""

from typing import Any

from msgspec.structs import replace

from bot.slack.echoes import TOMBSTONE
from bot.slack.message_source import source_text
from bot.timeline.observed_message import PIN, Mark, ObservedMessage, Version

SlackMessage = dict[str, Any]
SlackEvent = dict[str, Any]

# Joins, topic changes and the like have their own events or are not messages from anyone.
MESSAGE_SUBTYPES = (None, "file_share", "thread_broadcast", "me_message", "bot_message")


def is_message(message: SlackMessage, own_ids: frozenset[str]) -> bool:
    """Whether a person or another app wrote it. The bot's own messages are recorded as its actions."""
    by = {message.get("user"), message.get("bot_id"), message.get("app_id")} - {None, ""}
    return message.get("subtype") in MESSAGE_SUBTYPES and bool(by) and not by & own_ids and bool(message.get("ts"))


def observe_message(message: SlackMessage, heard_ts: str = "", *, is_live: bool = True) -> ObservedMessage:
    """Read a message from an event or from history. `heard_ts` is the event's own time."""
    edited_ts = (message.get("edited") or {}).get("ts", "")
    version = Version(max(edited_ts, message["ts"]), source_text(message), heard_ts, _files(message))
    profile = message.get("bot_profile") or {}
    return ObservedMessage(
        ts=message["ts"],
        author=message.get("user") or message.get("bot_id") or "",
        author_name="" if message.get("user") else message.get("username") or profile.get("name") or "",
        thread_ts=message.get("thread_ts") or "",
        is_live=is_live,
        versions=(version,),
    )


def _files(message: SlackMessage) -> tuple[tuple[str, str], ...]:
    files = message.get("files") or []
    return tuple((file.get("name") or "file", file.get("permalink") or "") for file in files)


def observe_edit(event: SlackEvent, own_ids: frozenset[str]) -> list[ObservedMessage]:
    """Read both versions from an edit; the deletion of a thread's first message also arrives as an edit."""
    message, previous_message = event["message"], event.get("previous_message") or {}
    observed = [observe_message(previous_message)] if is_message(previous_message, own_ids) else []
    if message.get("subtype") == TOMBSTONE:
        return [*observed, ObservedMessage(message["ts"], deleted_ts=event["ts"], is_live=True)]
    return [*observed, observe_message(message, event["ts"])] if is_message(message, own_ids) else []


def observe_deletion(event: SlackEvent, own_ids: frozenset[str]) -> list[ObservedMessage]:
    """Read a deletion, and the deleted message unless Slack left it out."""
    previous_message = event.get("previous_message") or {}
    if previous_message and not is_message(previous_message, own_ids):
        return []
    ts = event.get("deleted_ts") or previous_message["ts"]
    observed = [observe_message(previous_message)] if previous_message else []
    return [*observed, ObservedMessage(ts, deleted_ts=event["ts"], is_live=True)]


def observe_reaction(event: SlackEvent, *, is_on: bool) -> ObservedMessage:
    """Read a reaction added to or removed from a message."""
    name = event["reaction"].partition("::")[0]
    mark = Mark(name, event["user"], event["event_ts"], is_on)
    return ObservedMessage(event["item"]["ts"], is_live=True, marks=(mark,))


def observe_pin(event: SlackEvent, *, is_on: bool) -> ObservedMessage | None:
    """Read a message being pinned or unpinned; None for anything else, such as a file."""
    ts = (event["item"].get("message") or {}).get("ts")
    return (
        ObservedMessage(ts, is_live=True, marks=(Mark(PIN, event["user"], event["event_ts"], is_on),))
        if ts
        else None
    )


def observe_from_history(
    message: SlackMessage, read_ts: str, recorded_message: ObservedMessage | None = None
) -> ObservedMessage:
    """Read a message from history at `read_ts` with its current marks; known marks that are gone are off."""
    marks = [
        Mark(reaction["name"].partition("::")[0], user, read_ts, is_on=True)
        for reaction in message.get("reactions") or []
        for user in reaction.get("users") or []
    ]
    if message.get("pinned_to") and not _is_pinned(recorded_message):
        marks.append(Mark(PIN, "", read_ts, is_on=True))
    observed = observe_message(message, is_live=False)
    # A known mark keeps the time at which it was set; read again, it would be news.
    known_keys = {mark.key for mark in recorded_message.marks if mark.is_on} if recorded_message else set()
    new_marks = tuple(mark for mark in marks if mark.key not in known_keys)
    return replace(observed, marks=new_marks + _removed_marks(message, recorded_message, marks, read_ts))


def _is_pinned(recorded_message: ObservedMessage | None) -> bool:
    return recorded_message is not None and any(mark.name == PIN and mark.is_on for mark in recorded_message.marks)


def _removed_marks(
    message: SlackMessage, recorded_message: ObservedMessage | None, current_marks: list[Mark], read_ts: str
) -> tuple[Mark, ...]:
    if recorded_message is None:
        return ()
    keys = {mark.key for mark in current_marks} | ({PIN} if message.get("pinned_to") else set())
    return tuple(
        Mark(mark.name, mark.by, read_ts, is_on=False)
        for mark in recorded_message.marks
        if mark.is_on and mark.key not in keys
    )
