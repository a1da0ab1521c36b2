"""Outbox kinds of follow-ups: the message in the incident's channel, and direct messages to owners."""

from bot.followups import messages, owners
from bot.incidents import incidents
from bot.outbox import kinds
from bot.outbox.kinds import Kind, Settled
from bot.outbox.rules import COMMON, Refusal
from bot.runtime.clock import utcnow
from bot.slack.refusals import PERSON_GONE_ERRORS


def _is_over(settled: Settled, error: str) -> bool:
    """True if the incident is over: its channel may be archived while follow-ups are still open."""
    return not incidents.by_number(settled.session, settled.row.incident_id or 0).is_active


def _handle_reader_gone(settled: Settled, error: str) -> bool:
    owners.handle_reader_gone(settled.session, settled.row, utcnow())
    return True


KINDS = (
    Kind(
        kinds.FOLLOW_UP,
        "keep a follow-up's message up to date",
        messages.render,
        refusals={error: Refusal.OWN for error, refusal in COMMON.items() if refusal is Refusal.LOST_CHANNEL},
        on_refused=_is_over,
    ),
    Kind(
        kinds.FOLLOW_UP_TOLD,
        "tell somebody of their follow-up",
        messages.render,
        lambda context: messages.recipient(context.row),
        refusals=dict.fromkeys(PERSON_GONE_ERRORS, Refusal.OWN),
        on_refused=_handle_reader_gone,
    ),
)
