"""Deletes the bot's messages and files about an incident that became private; a row of the outbox for each."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.incidents.registry import Registry
from bot.outbox import batches, kinds
from bot.outbox.kinds import Call, Context, Kind
from bot.outbox.tables import OutboxRow
from bot.services import Services
from bot.slack.messages import Post


def call(context: Context) -> Call:
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
        if row is None or row.attempted_at is None:
            return
        channel_id = payload["channel_id"] or _channel_of_row(session, services, row)
    posted_message = services.slack.find(
        Post(payload["key"], channel_id, "", [], payload["thread_ts"]), row.attempted_at
    )
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
