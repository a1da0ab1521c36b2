"""Looking, calling, and what came of it: the one way in which a row reaches Slack.

Nothing is written down here: an outcome holds the new values of the row and what follows from them.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError, PendingRollbackError

from bot.errors import TryLater
from bot.outbox import rules
from bot.outbox.kinds import CARD, Call, Context, Incidents, Kind, Kinds, Message, Settled
from bot.outbox.rules import Refusal, Step
from bot.outbox.tables import LEASE, OutboxRow, abandon, key_of, mark_stale
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.calls import CALL_TIMEOUT_S
from bot.slack.errors import NotSent, SlackRefused
from bot.slack.messages import Post, Posted

log = logging.getLogger(__name__)

Consequence = Callable[[Settled, Incidents], None]


@dataclass(frozen=True)
class Outcome:
    """What came of a row: its new values, and what follows in the transaction that writes them."""

    row: OutboxRow
    values: Mapping[str, Any] = field(default_factory=dict)
    then: Consequence | None = None


@dataclass(frozen=True)
class Rendered:
    """A row, and what is to be in Slack of it."""

    row: OutboxRow
    kind: Kind
    what: Message | Call
    channel_id: str
    thread_ts: str | None = None

    @property
    def content_hash(self) -> str:
        """The same for the same content."""
        content = self.what.content if isinstance(self.what, Call) else json.dumps(self.what)
        return hashlib.sha256(content.encode()).hexdigest()


def render(kinds: Kinds, context: Context) -> Rendered | Outcome:
    """What is to be in Slack of a row; an outcome when it cannot be told."""
    row = context.row
    try:
        kind = kinds.by_name[row.kind]
        thread_ts = kind.thread(context) if kind.thread else row.thread_ts
        return Rendered(row, kind, kind.render(context), _channel(kind, context), thread_ts)
    except SlackRefused as refused:  # the recipient is asked for, such as a channel by its name
        return _refused(Rendered(row, kinds.by_name[row.kind], ("", []), "", None), refused)
    except TryLater as later:  # likewise
        return _put_off(row, later)
    except (DBAPIError, PendingRollbackError):  # no fault of the row: the database is away
        raise
    except Exception:  # one broken row must not stop the others; it is tried again
        log.exception("a row of the outbox cannot be rendered", extra={"key": row.key})
        return _again(row, utcnow() + rules.backoff(row.attempts), attempts=row.attempts + 1, was_sent=False)


def _channel(kind: Kind, context: Context) -> str:
    if kind.recipient is None:
        return context.incident.channel_id or ""
    return context.row.channel_id or kind.recipient(context)


def deliver(services: Services, rendered: Rendered) -> Outcome:
    """Bring it to Slack, unless it is there."""
    row = rendered.row
    try:
        return _deliver(services, rendered)
    except SlackRefused as refused:
        log.warning("Slack refused a row of the outbox", extra={"key": row.key, "reason": refused.error})
        return _moved(services, rendered, refused.error) or _refused(rendered, refused)
    except NotSent as later:
        return _put_off(row, later)
    except TryLater as later:
        return _unknown(rendered, **_hindrance(row, later)) if later.wait_s is None else _put_off(row, later)
    except Exception:  # likewise
        log.exception("a row of the outbox was not delivered", extra={"key": row.key})
        return _unknown(rendered)


def _put_off(row: OutboxRow, later: TryLater) -> Outcome:
    """Nothing was sent. What Slack asks to wait is no failure."""
    if later.wait_s is not None:
        return _again(row, utcnow() + timedelta(seconds=later.wait_s), was_sent=False, **_hindrance(row, later))
    wait = rules.backoff(row.attempts, rules.SILENCE_LONGEST)
    return _again(row, utcnow() + wait, attempts=row.attempts + 1, was_sent=False, **_hindrance(row, later))


def _leased_at(row: OutboxRow) -> datetime:
    assert row.leased_until is not None
    return row.leased_until - LEASE


def _is_first_attempt(row: OutboxRow) -> bool:
    """Did the lease itself write down the attempt?"""
    return row.attempted_at == _leased_at(row)


def _deliver(services: Services, rendered: Rendered) -> Outcome:
    row, leased_at = rendered.row, _leased_at(rendered.row)
    if utcnow() + timedelta(seconds=CALL_TIMEOUT_S) > leased_at + LEASE:
        # This process was suspended, or the rows before took long: another may hold the lease soon.
        return _again(row, leased_at, was_sent=False)
    if not _may_be_repeated(rendered):
        step = rules.next_step(row.attempted_at, leased_at, row.looked)
        if step is Step.WAIT and row.attempted_at is not None:
            return _again(row, rules.look_at(row.attempted_at, row.looked))
        if step is Step.LOOK:
            return _look(services, rendered)
    return _call(services, rendered)


def _may_be_repeated(rendered: Rendered) -> bool:
    if isinstance(rendered.what, Call):
        return rendered.what.exists is None or rendered.content_hash == rendered.row.content_hash
    return rendered.row.ts is not None


def _call(services: Services, rendered: Rendered) -> Outcome:
    row, what = rendered.row, rendered.what
    is_same = rendered.content_hash == row.content_hash
    if isinstance(what, Call):
        posted = None if is_same else what.perform()
        return _delivered(rendered, posted)
    text, blocks = what
    if row.ts is None:
        return _delivered(rendered, services.slack.post(_post(rendered)))
    posted = Posted(rendered.channel_id, row.ts)
    if not is_same:
        services.slack.update(posted, text, blocks)
    return _delivered(rendered, posted)


def _post(rendered: Rendered) -> Post:
    assert not isinstance(rendered.what, Call)
    text, blocks = rendered.what
    return Post(rendered.row.key, rendered.channel_id, text, blocks, rendered.thread_ts)


def _look(services: Services, rendered: Rendered) -> Outcome:
    """Was the attempt whose outcome is unknown carried out?"""
    row, what = rendered.row, rendered.what
    assert row.attempted_at is not None
    try:
        if isinstance(what, Call):
            assert what.exists is not None
            if what.exists():
                return _delivered(rendered, None)
        elif found := services.slack.find(_post(rendered), row.attempted_at):
            return _found(services, rendered, found)
    except SlackRefused:
        if not rendered.kind.is_repeated_unseen:
            raise
        return _absent(row)
    looked = row.looked + 1
    if rules.is_absent(looked):
        return _absent(row)
    return _again(row, rules.look_at(row.attempted_at, looked), looked=looked)


def _found(services: Services, rendered: Rendered, found: Posted) -> Outcome:
    assert not isinstance(rendered.what, Call)
    if rendered.row.is_rendered or rendered.row.wanted > 1:
        # What the attempt brought there may be older.
        services.slack.update(found, *rendered.what)
    return _delivered(rendered, found)


def _absent(row: OutboxRow) -> Outcome:
    """It was certainly not carried out: the next lease writes down a new attempt, and makes it."""
    return Outcome(row, {"attempted_at": None, "looked": 0})


def _again(row: OutboxRow, at: datetime, *, was_sent: bool = True, **values: Any) -> Outcome:
    """Later; nobody need look for what was not sent."""
    if not was_sent and _is_first_attempt(row):
        values["attempted_at"] = None
    return Outcome(row, {"retry_at": at, **values})


def _hindrance(row: OutboxRow, later: TryLater) -> dict[str, Any]:
    """Why it is not there yet. The card names only what Slack refuses of an incident's own messages."""
    return {} if row.is_rendered else {"error": later.reason}


def _unknown(rendered: Rendered, **values: Any) -> Outcome:
    """Nobody knows what came of the call."""
    row = rendered.row
    at = utcnow() + rules.backoff(row.attempts, rules.SILENCE_LONGEST)
    if row.attempted_at is not None and _is_first_attempt(row) and not _may_be_repeated(rendered):
        at = max(at, rules.look_at(row.attempted_at, 0))
    return _again(row, at, attempts=row.attempts + 1, **values)


def _delivered(rendered: Rendered, posted: Posted | None) -> Outcome:
    row, kind = rendered.row, rendered.kind
    values: dict[str, Any] = {"shown": row.wanted, "content_hash": rendered.content_hash}
    if posted is not None:
        values |= {"channel_id": posted.channel_id, "ts": posted.ts}
    elif row.channel_id is None:
        values["channel_id"] = rendered.channel_id
    if isinstance(rendered.what, Call):
        values["attempted_at"] = None
    values |= {"looked": 0, "attempts": 0, "error": None}
    is_mended = row.error is not None and row.is_rendered and row.kind != CARD
    if not (is_mended or kind.on_delivered):
        return Outcome(row, _changed(row, values))

    def then(settled: Settled, incidents: Incidents) -> None:
        if is_mended:
            # The card told of the trouble; now it must tell that it is over.
            mark_stale(settled.session, row.incident_id or 0, (CARD,))
        if kind.on_delivered:
            kind.on_delivered(settled, posted)

    return Outcome(row, _changed(row, values), then)


def _changed(row: OutboxRow, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != getattr(row, name)}


def _refused(rendered: Rendered, refused: SlackRefused) -> Outcome:
    row, kind, error = rendered.row, rendered.kind, refused.error
    # Slack answered: this attempt, at least, was not carried out.
    values: dict[str, Any] = {"attempted_at": None} if _is_first_attempt(row) and row.ts is None else {}
    means = rules.meaning(error, kind.refusals, kind.otherwise, is_posted=row.ts is not None)
    if means is Refusal.LOST_CHANNEL and kind.recipient is not None:
        means = kind.otherwise
    if row.ts is None and kind.refused_at_first is not None:
        means = kind.refused_at_first
    if means is Refusal.LOST_MESSAGE:
        return _lost_message(rendered)
    if means is Refusal.FINAL:
        return Outcome(row, values | {"refused": error}, _given_up(kind, error))
    values |= {"retry_at": utcnow() + rules.backoff(row.attempts), "attempts": row.attempts + 1}
    if means is Refusal.RETRY:
        return Outcome(row, values | {"error": error}, _trouble(kind, error))
    return Outcome(row, values, _lost_channel(kind, error, means))


def _moved(services: Services, rendered: Rendered, error: str) -> Outcome | None:
    """The channel of that name may be another one now: it is found anew, and told at once."""
    row, kind = rendered.row, rendered.kind
    is_edited_for_ever = row.ts is not None and kind.otherwise is not Refusal.RETRY
    if kind.forget is None or rules.COMMON.get(error) is not Refusal.LOST_CHANNEL or is_edited_for_ever:
        return None
    kind.forget(services, rendered.channel_id)
    if _recipient_now(services, rendered) in (None, rendered.channel_id):
        return None
    anew = {"retry_at": utcnow(), "channel_id": None}
    if row.ts is None:
        return Outcome(row, anew | ({"attempted_at": None} if _is_first_attempt(row) else {}))
    lost = _lost_message(rendered)
    return Outcome(row, {**lost.values, **anew}, lost.then)


def _recipient_now(services: Services, rendered: Rendered) -> str | None:
    """Which channel is meant; None when there is none."""
    assert rendered.kind.recipient is not None
    try:
        with services.database.reading() as session:
            return rendered.kind.recipient(Context(session, services, None, rendered.row))
    except (SlackRefused, TryLater):
        return None


def _lost_message(rendered: Rendered) -> Outcome:
    """A person deleted it: it is posted anew, under a key of its own."""
    row, replaced = rendered.row, rendered.row.replaced + 1
    values = {"ts": None, "attempted_at": None, "looked": 0, "shown": 0, "content_hash": "", "replaced": replaced}
    values["key"] = key_of(row.kind, row.incident_id or 0, row.subject, replaced)
    on_lost = rendered.kind.on_lost
    return Outcome(row, values, (lambda settled, _: on_lost(settled)) if on_lost else None)


def _given_up(kind: Kind, error: str) -> Consequence | None:
    on_given_up = kind.on_given_up
    return (lambda settled, _: on_given_up(settled, error)) if on_given_up else None


def _trouble(kind: Kind, error: str) -> Consequence | None:
    def then(settled: Settled, incidents: Incidents) -> None:
        row = settled.row
        if row.error is None and row.is_rendered and row.incident_id is not None:
            incidents.record_trouble(settled.session, row.incident_id, kind.purpose, error)
            if row.kind != CARD:
                # The card tells of the others' trouble; its own it cannot tell.
                mark_stale(settled.session, row.incident_id, (CARD,))

    return then if kind.purpose else None


def _lost_channel(kind: Kind, error: str, means: Refusal) -> Consequence:
    def then(settled: Settled, incidents: Incidents) -> None:
        row = settled.row
        abandon(settled.session, row)
        is_dealt_with = means is Refusal.OWN and kind.on_refused is not None and kind.on_refused(settled, error)
        if not is_dealt_with and row.incident_id is not None:
            incidents.lose_channel(settled.session, row.incident_id, error)

    return then
