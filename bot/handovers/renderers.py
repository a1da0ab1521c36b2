"""The messages of a handover: to its recipient, and in the incident's channel."""

from bot.handovers import tables, views
from bot.handovers.tables import Handover
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Settled
from bot.outbox.rules import Refusal
from bot.runtime.clock import utcnow
from bot.slack.blocks import Message
from bot.slack.refusals import PERSON_GONE_ERRORS


def _handover(context: Context) -> Handover:
    return tables.get(context.session, int(context.row.subject))


def _line(context: Context) -> Message:
    handover = _handover(context)
    return views.offered_line(handover) if handover.is_pending else views.settled_line(handover, utcnow())


def _not_reached(settled: Settled, error: str) -> None:
    """Make the escalation due now: Slack refuses messages to this person, so waiting for an answer is useless."""
    handover, now = tables.get(settled.session, int(settled.row.subject)), utcnow()
    if handover.is_pending and handover.reminded_at is None:
        handover.reminded_at = handover.due_at = now


KINDS = (
    Kind(
        kinds.HANDOVER,
        "tell somebody that they are to take over",
        lambda context: views.offer_message(_handover(context), context.incident, utcnow()),
        lambda context: _handover(context).to_id,
        refusals=dict.fromkeys(PERSON_GONE_ERRORS, Refusal.FINAL),
        on_given_up=_not_reached,
    ),
    Kind(kinds.HANDOVER_LINE, "say in the channel who hands over to whom", _line),
)
