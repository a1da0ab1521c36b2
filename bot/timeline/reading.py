"""What Slack's events and history say of messages, as `Heard`. Pure: dictionaries in, `Heard` out."""

from typing import Any

from bot.timeline.messages import PIN, Heard, Mark, Version

Message = dict[str, Any]
Event = dict[str, Any]

# Joins, topics and the like are events of their own, or nothing that was said.
SPEECH = (None, "file_share", "thread_broadcast", "me_message", "bot_message")
TOMBSTONE = "tombstone"


def is_speech(message: Message, own_ids: frozenset[str]) -> bool:
    """Did somebody say it? What the bot says itself is on record by what it did."""
    by = {message.get("user"), message.get("bot_id"), message.get("app_id")} - {None, ""}
    return message.get("subtype") in SPEECH and bool(by) and not by & own_ids and bool(message.get("ts"))


def said(message: Message, heard_ts: str = "", *, is_live: bool = True) -> Heard:
    """A message as it stands in an event or in history. `heard_ts` is the event's own time."""
    edited_ts = (message.get("edited") or {}).get("ts", "")
    version = Version(max(edited_ts, message["ts"]), words_of(message), heard_ts, _files(message))
    profile = message.get("bot_profile") or {}
    return Heard(
        ts=message["ts"],
        author=message.get("user") or message.get("bot_id") or "",
        author_name="" if message.get("user") else message.get("username") or profile.get("name") or "",
        thread_ts=message.get("thread_ts") or "",
        is_live=is_live,
        versions=(version,),
    )


def words_of(message: Message) -> str:
    """What it says; other programs often say it in attachments only."""
    if message.get("text"):
        return str(message["text"])
    attached = [part.get("fallback") or part.get("text") or "" for part in message.get("attachments") or []]
    return "\n".join(words for words in attached if words)


def _files(message: Message) -> tuple[tuple[str, str], ...]:
    files = message.get("files") or []
    return tuple((file.get("name") or "file", file.get("permalink") or "") for file in files)


def edited(event: Event, own_ids: frozenset[str]) -> list[Heard]:
    """An edit tells of two versions; a thread's first message that was deleted comes as one, too."""
    message, before = event["message"], event.get("previous_message") or {}
    told = [said(before)] if is_speech(before, own_ids) else []
    if message.get("subtype") == TOMBSTONE:
        return [*told, Heard(message["ts"], deleted_ts=event["ts"], is_live=True)]
    return [*told, said(message, event["ts"])] if is_speech(message, own_ids) else []


def deleted(event: Event, own_ids: frozenset[str]) -> list[Heard]:
    """A deletion tells what the message was, unless Slack left that out."""
    before = event.get("previous_message") or {}
    if before and not is_speech(before, own_ids):
        return []
    ts = event.get("deleted_ts") or before["ts"]
    told = [said(before)] if before else []
    return [*told, Heard(ts, deleted_ts=event["ts"], is_live=True)]


def reacted(event: Event, *, is_on: bool) -> Heard:
    """A reaction was put on a message, or taken off."""
    name = event["reaction"].partition("::")[0]
    mark = Mark(name, event["user"], event["event_ts"], is_on)
    return Heard(event["item"]["ts"], is_live=True, marks=(mark,))


def pinned(event: Event, *, is_on: bool) -> Heard | None:
    """A message was pinned, or its pin taken away; None when it was something else, such as a file."""
    ts = (event["item"].get("message") or {}).get("ts")
    return Heard(ts, is_live=True, marks=(Mark(PIN, event["user"], event["event_ts"], is_on),)) if ts else None


def recovered(message: Message, read_ts: str, known: Heard | None = None) -> Heard:
    """A message as history shows it at `read_ts`, with the marks it has then; those it has lost are off."""
    there = [
        Mark(reaction["name"].partition("::")[0], user, read_ts, is_on=True)
        for reaction in message.get("reactions") or []
        for user in reaction.get("users") or []
    ]
    if message.get("pinned_to") and not _is_pinned(known):
        there.append(Mark(PIN, "", read_ts, is_on=True))
    found = said(message, is_live=False)
    return Heard(**(found.__dict__ | {"marks": tuple(there) + _lost(message, known, there, read_ts)}))


def _is_pinned(known: Heard | None) -> bool:
    return known is not None and any(mark.name == PIN and mark.is_on for mark in known.marks)


def _lost(message: Message, known: Heard | None, there: list[Mark], read_ts: str) -> tuple[Mark, ...]:
    if known is None:
        return ()
    keys = {mark.key for mark in there} | ({PIN} if message.get("pinned_to") else set())
    return tuple(
        Mark(mark.name, mark.by, read_ts, is_on=False)
        for mark in known.marks
        if mark.is_on and mark.key not in keys
    )
