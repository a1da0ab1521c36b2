"""The only way in which a row reaches Slack: look for an earlier attempt, call, and return the outcome.

Nothing is written to the database here: an outcome holds the row's new values and their consequences.
"""

import logging
from datetime import timedelta

from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError

from bot.errors import TryLater
from bot.outbox import outcomes, refusals, rules
from bot.outbox.kinds import Call, Context, Kind, Kinds
from bot.outbox.outcomes import Outcome, Rendered
from bot.outbox.rules import Step
from bot.outbox.tables import LEASE, OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.calls import CALL_TIMEOUT_S
from bot.slack.errors import NotSent, SlackRefused
from bot.slack.messages import Post, Posted

log = logging.getLogger(__name__)

NOT_RENDERED = "a row of the outbox cannot be rendered"


def render(kinds: Kinds, context: Context) -> Rendered | Outcome:
    """The content that a row should have in Slack; an outcome if it cannot be rendered.

    Raises the database's error if it refuses a query: nothing more can be read in this transaction.
    """
    row = context.row
    try:
        kind = kinds.by_name[row.kind]
        thread_ts = kind.thread(context) if kind.thread else row.thread_ts
        return Rendered(row, kind, kind.render(context), _channel(kind, context), thread_ts)
    except SlackRefused as refused:  # finding the recipient may call Slack, such as for a channel's name
        return refusals.outcome(Rendered(row, kinds.by_name[row.kind], ("", []), "", None), refused)
    except TryLater as later:  # likewise
        return outcomes.put_off(row, later)
    except (DBAPIError, PendingRollbackError):
        raise
    except Exception:  # one broken row must not stop the others; it is tried again
        log.exception(NOT_RENDERED, extra={"key": row.key})
        return _render_later(row)


def refused_query(row: OutboxRow, failure: DBAPIError) -> Outcome:
    """The outcome for a row whose query the database refused. Raises the failure if the database is down."""
    if isinstance(failure, OperationalError) or failure.connection_invalidated:
        raise failure
    log.error(NOT_RENDERED, exc_info=failure, extra={"key": row.key})
    return _render_later(row)


def _render_later(row: OutboxRow) -> Outcome:
    return outcomes.again(row, utcnow() + rules.backoff(row.attempts), attempts=row.attempts + 1, was_sent=False)


def _channel(kind: Kind, context: Context) -> str:
    if kind.recipient is None:
        return context.incident.channel_id or ""
    return context.row.channel_id or kind.recipient(context)


def deliver(services: Services, rendered: Rendered) -> Outcome:
    """Deliver the row to Slack, unless it is already there."""
    row = rendered.row
    try:
        return _deliver(services, rendered)
    except SlackRefused as refused:
        log.warning("Slack refused a row of the outbox", extra={"key": row.key, "reason": refused.error})
        return refusals.outcome_if_channel_moved(services, rendered, refused.error) or refusals.outcome(
            rendered, refused
        )
    except NotSent as later:
        return outcomes.put_off(row, later)
    except TryLater as later:
        if later.wait_s is not None:
            return outcomes.put_off(row, later)
        return outcomes.unknown(rendered, **outcomes.error_values(row, later))
    except Exception:  # as in `render`
        log.exception("a row of the outbox was not delivered", extra={"key": row.key})
        return outcomes.unknown(rendered)


def _deliver(services: Services, rendered: Rendered) -> Outcome:
    row, leased_at = rendered.row, outcomes.leased_at(rendered.row)
    if utcnow() + timedelta(seconds=CALL_TIMEOUT_S) > leased_at + LEASE:
        # This process was suspended, or earlier rows took long: another process may soon hold the lease.
        return outcomes.again(row, leased_at, was_sent=False)
    if not outcomes.may_be_repeated(rendered):
        step = rules.next_step(row.attempted_at, leased_at, row.looked)
        if step is Step.WAIT and row.attempted_at is not None:
            return outcomes.again(row, rules.look_at(row.attempted_at, row.looked))
        if step is Step.LOOK:
            return _check_earlier_attempt(services, rendered)
    return _call(services, rendered)


def _call(services: Services, rendered: Rendered) -> Outcome:
    row, message_or_call = rendered.row, rendered.message_or_call
    is_same = rendered.content_hash == row.content_hash
    if isinstance(message_or_call, Call):
        posted = None if is_same else message_or_call.perform()
        return outcomes.delivered(rendered, posted)
    text, blocks = message_or_call
    if row.ts is None:
        return outcomes.delivered(rendered, services.slack.post(_post(rendered)))
    posted = Posted(rendered.channel_id, row.ts)
    if not is_same:
        services.slack.update(posted, text, blocks)
    return outcomes.delivered(rendered, posted)


def _post(rendered: Rendered) -> Post:
    assert not isinstance(rendered.message_or_call, Call)
    text, blocks = rendered.message_or_call
    return Post(rendered.row.key, rendered.channel_id, text, blocks, rendered.thread_ts)


def _check_earlier_attempt(services: Services, rendered: Rendered) -> Outcome:
    """Look in Slack whether the attempt with an unknown outcome was carried out."""
    row, message_or_call = rendered.row, rendered.message_or_call
    assert row.attempted_at is not None
    try:
        if isinstance(message_or_call, Call):
            assert message_or_call.exists is not None
            if message_or_call.exists():
                return outcomes.delivered(rendered, None)
        elif posted := services.slack.find(_post(rendered), row.attempted_at):
            return _settle_earlier_attempt(services, rendered, posted)
    except SlackRefused:
        if not rendered.kind.is_repeated_unseen:
            raise
        return outcomes.absent(row)
    looked = row.looked + 1
    if rules.is_absent(looked):
        return outcomes.absent(row)
    return outcomes.again(row, rules.look_at(row.attempted_at, looked), looked=looked)


def _settle_earlier_attempt(services: Services, rendered: Rendered, posted: Posted) -> Outcome:
    assert not isinstance(rendered.message_or_call, Call)
    if rendered.row.is_rendered or rendered.row.wanted > 1:
        # The earlier attempt may have posted an older version.
        services.slack.update(posted, *rendered.message_or_call)
    return outcomes.delivered(rendered, posted)
