"""Makes an incident private: a new private channel takes over, and messages about it elsewhere are deleted.

The transaction detaches the old channel from the incident and enqueues an outbox row for each message to delete.
Then the old channel is archived, and a report in the new one says what could not be deleted. The new channel:
`private_channel.py`.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session, col, select

from bot import outbox
from bot.config.floor import HERE
from bot.errors import WatchfloorError
from bot.incidents import forms, merging, participants, related, rules, wording
from bot.incidents.change import Change, changing
from bot.incidents.events import MadePrivate
from bot.incidents.facts import FILES_IN_CHANNELS
from bot.incidents.private_channel import PrivateRequest
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.outbox import batches, kinds
from bot.outbox.kinds import Call, Context, Kind
from bot.outbox.rules import look_at
from bot.outbox.tables import OutboxRow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.errors import SlackRefused
from bot.slack.messages import Post

log = logging.getLogger(__name__)

REFUSED_AS_PRIVATE = "the incident is private now"
COPY_KEY_PREFIX = "copy:"
MESSAGE_KINDS = (outbox.MESSAGE, batches.kind_of(outbox.MESSAGE), kinds.POST_MORTEM)
PUBLIC_KINDS = (
    kinds.DIGEST,
    kinds.UPDATE,
    batches.kind_of(kinds.UPDATE),
    kinds.PARTNER,
    kinds.PARTNER_REPLY,
)


class AlreadyPrivate(WatchfloorError):
    """Incident {number} is private already."""


class NoChannelYet(WatchfloorError):
    """The channel of incident {number} is still being made. Please try again in a moment."""


def form(incident: Incident) -> Block:
    """The form that makes it private."""
    if incident.is_private:
        raise AlreadyPrivate(number=incident.number)
    return forms.private_form(incident)


def make_private(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """Make the incident visible only to its participants, and each incident merged into it: they are one outage.

    Return the answer.
    """
    with changing(services, number, by, now, "close") as change:
        # What is confidential may turn out only in the post-mortem.
        rules.check_may_describe(number, change.incident.status)
        if change.incident.is_private:
            raise AlreadyPrivate(number=number)
        merged_incidents = related.public_merged_into(change.session, number)
        for incident in (change.incident, *merged_incidents):
            if incident.channel_id is None:
                raise NoChannelYet(number=incident.number)
        _make_private(change, reason)
        for incident in merged_incidents:
            merged_change = Change(change.session, services, incident, by, now)
            _make_private(merged_change, reason)
            merged_change.mark_stale()
    return wording.made_private([incident.number for incident in merged_incidents])


def _make_private(change: Change, reason: str) -> None:
    incident, old_channel = change.incident, change.incident.channel_id or ""
    incident.is_private, incident.made_private_at = True, change.now
    incident.former_channel_id = old_channel
    incident.channel_id = incident.channel_name = None
    change.log("made_private", reason=reason)
    related.forget(change.session, change.number)
    merging.hide_words(change)
    change.publish(MadePrivate())
    change.session.flush()
    _withdraw_messages(change, old_channel)


def _withdraw_messages(change: Change, old_channel: str) -> None:
    """Enqueue a row for each message to be deleted, in one lane with the archiving; also the opening and report."""
    session, number, now = change.session, change.number, change.now
    registry = change.services.get(Registry)
    kinds_in_channel = {kind.name for kind in registry.kinds if kind.recipient is None}
    rows = session.exec(select(OutboxRow).where(OutboxRow.incident_id == number).order_by(col(OutboxRow.id))).all()
    lane_fields: dict[str, Any] = {"incident_id": number, "lane": f"private:{number}:{now.isoformat()}"}
    rows = [row_or_batch for row in rows if (row_or_batch := _row_or_batch(change, row, old_channel))]
    user_ids = participants.of_incident(session, number)
    request = PrivateRequest(number=number, user_ids=user_ids).model_dump()
    key = f"private:{number}:{now.isoformat()}"
    # First of its lane: the members of the old channel are read before it is archived.
    outbox.enqueue(session, kinds.PRIVATE_CHANNEL, key, now, payload=request, **lane_fields)
    for row in filter(_is_in_flight, rows):
        # A draft is there, too, while nobody leads.
        is_shown_in_channel = row.is_rendered and row.kind in {*kinds_in_channel, kinds.DRAFT}
        if not (is_shown_in_channel or _is_public(row, old_channel)):
            continue
        is_in_channel = is_shown_in_channel or row.kind in kinds_in_channel or f":{HERE}" in row.key
        attempted_at = row.attempted_at or now
        payload = {
            "channel_id": old_channel if is_in_channel else "",
            "thread_ts": _thread_of(change, row),
            "row": row.id,
            "key": row.key,
            # The row forgets its attempt if it is shown again in the new channel.
            "attempted_at": attempted_at.isoformat(),
        }
        at = look_at(attempted_at, 1)
        outbox.enqueue(session, kinds.DELETION, f"delete:{row.key}", max(at, now), payload=payload, **lane_fields)
    for channel_id, ts in _messages_to_delete(rows, old_channel, kinds_in_channel, now):
        payload = {"channel_id": channel_id, "ts": ts}
        outbox.enqueue(session, kinds.DELETION, f"delete:{channel_id}:{ts}", now, payload=payload, **lane_fields)
    for channel_id, file_id in registry.ask(FILES_IN_CHANNELS)(session, number):
        payload = {"channel_id": channel_id, "file_id": file_id}
        outbox.enqueue(session, kinds.DELETION, f"delete:{file_id}", now, payload=payload, **lane_fields)
    payload = {"channel_id": old_channel}
    outbox.enqueue(session, kinds.ARCHIVING, f"archive:{old_channel}", now, payload=payload, **lane_fields)
    outbox.add(session, kinds.PRIVACY_REPORT, number, now)


def _messages_to_delete(
    rows: Iterable[OutboxRow], old_channel: str, kinds_in_channel: set[str], now: datetime
) -> Iterator[tuple[str, str]]:
    """Yield the messages to be deleted; what is shown in the incident's channel is shown again in the new one.

    So are drafts that nobody has decided about, which are in the channel while nobody leads.
    """
    for row in rows:
        if row.kind == kinds.CHANNEL_NAME:
            row.shown = row.wanted  # the new channel is created with its own name
        elif row.is_rendered and (row.kind in kinds_in_channel or _is_open_draft_in(row, old_channel)):
            if row.ts and row.channel_id:
                yield row.channel_id, row.ts
            _reset_row(row, now)
        elif _is_public(row, old_channel):
            if row.ts and row.channel_id:
                yield row.channel_id, row.ts
            row.refused, row.ts = REFUSED_AS_PRIVATE, None


def _is_open_draft_in(row: OutboxRow, channel_id: str) -> bool:
    return row.kind == kinds.DRAFT and row.channel_id == channel_id and row.follows_incident


def _row_or_batch(change: Change, row: OutboxRow, old_channel: str) -> OutboxRow | None:
    """Return the row whose message is to be deleted; None if the message also says something else."""
    if row.batch_id is None or row.kind == kinds.UPDATE or not _is_public(row, old_channel):
        return row
    batch = batches.leave(change.session, row, change.now)
    row.refused, row.ts = REFUSED_AS_PRIVATE, None
    return batch


def _is_in_flight(row: OutboxRow) -> bool:
    """True if the message may still arrive although it is withdrawn; it is then looked for and deleted."""
    return row.attempted_at is not None and row.ts is None and row.refused is None and row.shown < row.wanted


def _is_public(row: OutboxRow, old_channel: str) -> bool:
    """True if others than participants read it. Messages to one person stay: a role, a page, a draft."""
    if row.channel_id == old_channel or row.kind in PUBLIC_KINDS:
        return True
    is_direct = (row.channel_id or "D").startswith(("D", "U", "W"))
    return row.kind in MESSAGE_KINDS and (not is_direct or row.key.startswith(COPY_KEY_PREFIX))


def _reset_row(row: OutboxRow, now: datetime) -> None:
    row.replaced += 1
    row.key = outbox.key_of(row.kind, row.incident_id or 0, row.subject, row.replaced)
    row.ts = row.channel_id = row.attempted_at = row.error = row.refused = None
    row.leased_by, row.leased_until = None, None
    row.shown, row.looked, row.attempts, row.content_hash, row.retry_at = 0, 0, 0, "", now


def _thread_of(change: Change, row: OutboxRow) -> str | None:
    """The thread of a row's message, read while its parent is still known."""
    kind = kind_of(change.services, row)
    context = Context(change.session, change.services, None, row)
    return kind.thread(context) if kind.thread else row.thread_ts


def archive(services: Services, row: OutboxRow) -> None:
    """Delete the bot's files and canvas in the old channel, such as pictures of the timeline, and archive it.

    It may be retried.
    """
    channel_id = (row.payload or {})["channel_id"]
    for delete in (services.slack.delete_own_files, services.slack.delete_channel_canvas):
        try:
            delete(channel_id)
        except SlackRefused as refused:
            log.warning("files of the old channel stay", extra={"reason": str(refused)})
    services.slack.archive_channel(channel_id)


def deletion_call(context: Context) -> Call:
    """Return the call that deletes one of the bot's own messages or files. It may be retried."""
    services, payload = context.services, context.row.payload or {}
    if "file_id" in payload:
        return Call(context.row.key, lambda: services.slack.delete_file(payload["file_id"]))
    if "key" in payload:
        return Call(context.row.key, partial(_delete_if_arrived, services, payload))
    return Call(context.row.key, lambda: services.slack.delete_message(payload["channel_id"], payload["ts"]))


def _delete_if_arrived(services: Services, payload: Mapping[str, Any]) -> None:
    """Delete a message that was in flight when the incident became private, if it arrived."""
    with services.database.reading() as session:
        row = session.get(OutboxRow, payload["row"])
        if row is None:
            return
        # A deletion that an older version planned does not name the attempt.
        attempted = payload.get("attempted_at")
        attempted_at = datetime.fromisoformat(attempted) if attempted else row.attempted_at
        if attempted_at is None:
            return
        channel_id = payload["channel_id"] or _channel_of_row(session, services, row)
    post = Post(payload["key"], channel_id, "", [], payload["thread_ts"])
    posted_message = services.slack.find(post, attempted_at)
    if posted_message:
        services.slack.delete_message(posted_message.channel_id, posted_message.ts)


def _channel_of_row(session: Session, services: Services, row: OutboxRow) -> str:
    """The channel to which a row outside the incident's channel was sent."""
    kind = kind_of(services, row)
    return row.channel_id or (kind.recipient(Context(session, services, None, row)) if kind.recipient else "")


def kind_of(services: Services, row: OutboxRow) -> Kind:
    """The kind of a row, including those of several messages in one."""
    all_kinds = batches.with_batches([kinds.POSTED, *services.get(Registry).kinds])
    return next(kind for kind in all_kinds if kind.name == row.kind)
