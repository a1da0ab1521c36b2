"""The possible outcomes for a row: delivered, retried, put off, absent or unknown."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from bot.errors import TryLater
from bot.outbox import rules
from bot.outbox.kinds import CARD, Call, Incidents, Kind, Settled
from bot.outbox.staleness import mark_stale
from bot.outbox.tables import LEASE, OutboxRow
from bot.runtime.clock import utcnow
from bot.runtime.json_text import write_json
from bot.slack.blocks import Message
from bot.slack.messages import Posted

Consequence = Callable[[Settled, Incidents], None]


class Outcome(Struct, frozen=True):
    """The outcome for a row: its new values, and the consequence in the transaction that writes them."""

    row: OutboxRow
    values: Mapping[str, Any] = field(default_factory=dict)
    then: Consequence | None = None


class Rendered(Struct, frozen=True, dict=True):
    """A row and the content it should have in Slack."""

    row: OutboxRow
    kind: Kind
    message_or_call: Message | Call
    channel_id: str
    thread_ts: str | None = None

    @cached_property
    def content_hash(self) -> str:
        """A hash that is equal for equal content."""
        wanted = self.message_or_call
        content = wanted.content.encode() if isinstance(wanted, Call) else write_json(wanted)
        return hashlib.sha256(content).hexdigest()


def put_off(row: OutboxRow, later: TryLater) -> Outcome:
    """Put off a row that was not sent. A wait that Slack asks for does not count as a failure."""
    if later.wait_s is not None:
        return again(row, utcnow() + timedelta(seconds=later.wait_s), was_sent=False, **error_values(row, later))
    wait = rules.backoff(row.attempts, rules.SILENCE_LONGEST)
    return again(row, utcnow() + wait, attempts=row.attempts + 1, was_sent=False, **error_values(row, later))


def again(row: OutboxRow, at: datetime, *, was_sent: bool = True, **values: Any) -> Outcome:
    """Try the row again at `at`; an attempt that was not sent need not be looked for."""
    if not was_sent and is_first_attempt(row):
        values["attempted_at"] = None
    return Outcome(row, {"retry_at": at, **values})


def absent(row: OutboxRow) -> Outcome:
    """The attempt was certainly not carried out: the next lease records a new attempt and makes it."""
    return Outcome(row, {"attempted_at": None, "looked": 0})


def unknown(rendered: Rendered, **values: Any) -> Outcome:
    """The outcome when the call's result is unknown."""
    row = rendered.row
    at = utcnow() + rules.backoff(row.attempts, rules.SILENCE_LONGEST)
    if row.attempted_at is not None and is_first_attempt(row) and not may_be_repeated(rendered):
        at = max(at, rules.look_at(row.attempted_at, 0))
    return again(row, at, attempts=row.attempts + 1, **values)


def delivered(rendered: Rendered, posted: Posted | None) -> Outcome:
    """The outcome when the row is in Slack; for a message, `posted` says where."""
    row, kind = rendered.row, rendered.kind
    values: dict[str, Any] = {"shown": row.wanted, "content_hash": rendered.content_hash}
    if posted is not None:
        values |= {"channel_id": posted.channel_id, "ts": posted.ts}
    elif row.channel_id is None:
        values["channel_id"] = rendered.channel_id
    if isinstance(rendered.message_or_call, Call):
        values["attempted_at"] = None
    values |= {"looked": 0, "attempts": 0, "error": None}
    is_mended = row.error is not None and row.is_rendered and row.kind != CARD
    if not (is_mended or kind.on_delivered):
        return Outcome(row, _changed(row, values))

    def then(settled: Settled, incidents: Incidents) -> None:
        if is_mended:
            # The card reported the trouble; now it must show that it is over.
            mark_stale(settled.session, row.incident_id or 0, (CARD,))
        if kind.on_delivered:
            kind.on_delivered(settled, posted)

    return Outcome(row, _changed(row, values), then)


def _changed(row: OutboxRow, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != getattr(row, name)}


def error_values(row: OutboxRow, later: TryLater) -> dict[str, Any]:
    """Why the row is not in Slack yet. For an incident's own messages, the card names only refusals by Slack."""
    return {} if row.is_rendered else {"error": later.reason}


def may_be_repeated(rendered: Rendered) -> bool:
    """True if repeating the call does no harm even if it was already carried out."""
    if isinstance(rendered.message_or_call, Call):
        return rendered.message_or_call.exists is None or rendered.content_hash == rendered.row.content_hash
    return rendered.row.ts is not None


def is_first_attempt(row: OutboxRow) -> bool:
    """True if the lease itself recorded the attempt."""
    return row.attempted_at == leased_at(row)


def leased_at(row: OutboxRow) -> datetime:
    assert row.leased_until is not None
    return row.leased_until - LEASE
