"""Slack refused a row: its kind decides whether it ends, is retried, is reposted, or has lost its channel."""

from typing import Any

from bot.errors import TryLater
from bot.outbox import outcomes, rules
from bot.outbox.kinds import CARD, Context, Incidents, Kind, Settled
from bot.outbox.outcomes import Consequence, Outcome, Rendered
from bot.outbox.rules import Refusal
from bot.outbox.staleness import abandon, mark_stale
from bot.outbox.tables import key_of
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused


def outcome(rendered: Rendered, refused: SlackRefused) -> Outcome:
    """The outcome of a refused row, as its kind decides."""
    row, kind, error = rendered.row, rendered.kind, refused.error
    # Slack answered, so at least this attempt was not carried out.
    values: dict[str, Any] = {"attempted_at": None} if outcomes.is_first_attempt(row) and row.ts is None else {}
    means = rules.meaning(error, kind.refusals, kind.otherwise, is_posted=row.ts is not None)
    if means is Refusal.LOST_CHANNEL and kind.recipient is not None:
        means = kind.otherwise
    if row.ts is None and kind.refused_at_first is not None and error not in rules.PASSING:
        means = kind.refused_at_first
    has_alarm = row.error is not None and row.attempts >= rules.MANY_FAILURES
    if means is Refusal.RETRY and has_alarm and rules.is_for_person_gone(rendered.channel_id, error):
        means = Refusal.FINAL
    if means is Refusal.LOST_MESSAGE:
        return _lost_message(rendered)
    if means is Refusal.FINAL:
        return Outcome(row, values | {"refused": error}, _given_up(kind, error))
    values |= {"retry_at": utcnow() + rules.backoff(row.attempts), "attempts": row.attempts + 1}
    if means is Refusal.RETRY:
        return Outcome(row, values | {"error": error}, _trouble(kind, error))
    return Outcome(row, values, _lost_channel(kind, error, means))


def outcome_if_channel_moved(services: Services, rendered: Rendered, error: str) -> Outcome | None:
    """The outcome if the channel's name now means another channel: deliver there at once. None if it does not."""
    row, kind = rendered.row, rendered.kind
    is_edited_for_ever = row.ts is not None and kind.otherwise is not Refusal.RETRY
    if kind.forget is None or rules.COMMON.get(error) is not Refusal.LOST_CHANNEL or is_edited_for_ever:
        return None
    kind.forget(services, rendered.channel_id)
    if _recipient_now(services, rendered) in (None, rendered.channel_id):
        return None
    retry_values = {"retry_at": utcnow(), "channel_id": None}
    if row.ts is None:
        return Outcome(row, retry_values | ({"attempted_at": None} if outcomes.is_first_attempt(row) else {}))
    lost_outcome = _lost_message(rendered)
    return Outcome(row, {**lost_outcome.values, **retry_values}, lost_outcome.then)


def _recipient_now(services: Services, rendered: Rendered) -> str | None:
    """The channel that the recipient means now; None if there is none."""
    assert rendered.kind.recipient is not None
    try:
        with services.database.reading() as session:
            return rendered.kind.recipient(Context(session, services, None, rendered.row))
    except (SlackRefused, TryLater):
        return None


def _lost_message(rendered: Rendered) -> Outcome:
    """Repost a message that a person deleted, under a new key."""
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
                # The card reports trouble with other rows; it cannot report its own.
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
