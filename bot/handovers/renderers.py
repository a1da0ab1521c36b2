"""The messages of a handover: to the person who is to take over, and in the incident's channel."""

from bot.directory.lookup import channel_id, forget_channel
from bot.handovers import shift_accepting, shift_export, shift_tables, shift_views, shift_wording, tables, views
from bot.handovers.shift_tables import ShiftHandover
from bot.handovers.shift_wording import wording_for
from bot.handovers.tables import Handover
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message, Settled
from bot.outbox.rules import Refusal
from bot.runtime.clock import utcnow


def _handover(context: Context) -> Handover:
    return tables.get(context.session, int(context.row.subject))


def _offer(context: Context) -> Message:
    return views.offer_message(_handover(context), context.incident, utcnow())


def _line(context: Context) -> Message:
    handover = _handover(context)
    return views.offered_line(handover) if handover.is_pending else views.settled_line(handover, utcnow())


def _not_reached(settled: Settled, error: str) -> None:
    """Slack does not let them be written to: nobody need wait for an answer before others are told."""
    handover, now = tables.get(settled.session, int(settled.row.subject)), utcnow()
    if handover.is_pending and handover.reminded_at is None:
        handover.reminded_at = handover.due_at = now
        settled.session.add(handover)


def _shift(context: Context) -> ShiftHandover:
    return shift_tables.get(context.session, int(context.row.subject.partition(":")[0]))


def _shift_message(context: Context) -> Message:
    shift, reader = _shift(context), context.row.subject.partition(":")[2]
    handovers = shift_tables.items(context.session, shift.number)
    unchanged = len(shift_accepting.unchanged_items(context.session, shift))
    floor, say = context.services.floor, wording_for(context.session, context.services, reader)
    return shift_views.handover_message(shift, handovers, unchanged, reader, floor, say, utcnow())


def _call_message(context: Context) -> Message:
    shift = _shift(context)
    handovers, floor = shift_tables.items(context.session, shift.number), context.services.floor
    return shift_views.call_message(shift, handovers, floor, shift_wording.wording(floor.language))


def _of_row(context: Context) -> str:
    return context.row.channel_id or ""


def _operations(context: Context) -> str:
    floor = context.services.floor
    return channel_id(context.services, floor.shifts.channel or floor.incidents_channel)


KINDS = (
    Kind(
        kinds.HANDOVER,
        "tell somebody that they are to take over",
        _offer,
        lambda context: _handover(context).to_id,
        refusals={"user_not_found": Refusal.FINAL, "user_disabled": Refusal.FINAL, "cannot_dm_bot": Refusal.FINAL},
        on_given_up=_not_reached,
    ),
    Kind(kinds.HANDOVER_LINE, "say in the channel who hands over to whom", _line),
    Kind(kinds.SHIFT_HANDOVER, "", _shift_message, _of_row, otherwise=Refusal.FINAL),
    Kind(kinds.SHIFT_CALL, "", _call_message, _operations, forget=forget_channel),
    Kind(kinds.HANDOVERS_FILE, "", shift_export.call, shift_export.channel_of, otherwise=Refusal.FINAL),
)
