"""The messages of a handover: to the person who is to take over, and in the incident's channel."""

from bot.handovers import tables, views
from bot.handovers.actions import IN_CHANNEL
from bot.handovers.tables import Handover
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message, Settled
from bot.outbox.rules import Refusal
from bot.runtime.clock import utcnow


def _handover(context: Context) -> Handover:
    return tables.get(context.session, int(context.row.subject.removesuffix(IN_CHANNEL)))


def _message(context: Context) -> Message:
    handover, now = _handover(context), utcnow()
    if not context.row.subject.endswith(IN_CHANNEL):
        return views.offer_message(handover, context.incident, now)
    return views.offered_line(handover) if handover.is_pending else views.settled_line(handover, now)


def _reader(context: Context) -> str:
    if context.row.subject.endswith(IN_CHANNEL):
        return context.incident.channel_id or ""
    return _handover(context).to_id


def _not_reached(settled: Settled, error: str) -> None:
    """Slack does not let them be written to: nobody need wait for an answer before others are told."""
    if settled.row.subject.endswith(IN_CHANNEL):
        return
    handover, now = tables.get(settled.session, int(settled.row.subject)), utcnow()
    if handover.is_pending and handover.reminded_at is None:
        handover.reminded_at = handover.due_at = now
        settled.session.add(handover)


KINDS = (
    Kind(
        kinds.HANDOVER,
        "tell somebody that they are to take over",
        _message,
        _reader,
        refusals={"user_not_found": Refusal.FINAL, "user_disabled": Refusal.FINAL, "cannot_dm_bot": Refusal.FINAL},
        on_given_up=_not_reached,
    ),
)
