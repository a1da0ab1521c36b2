"""The messages of a shift handover: to both people, the call's agenda, the file."""

from bot.directory.lookup import channel_id, forget_channel
from bot.handovers.shift import accepting, export, tables, views
from bot.handovers.shift.tables import ShiftHandover
from bot.handovers.shift.wording import translator, translator_for
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind
from bot.outbox.rules import Refusal
from bot.runtime.clock import utcnow
from bot.slack.blocks import Message


def _shift(context: Context) -> ShiftHandover:
    return tables.get(context.session, int(context.row.subject.partition(":")[0]))


def _shift_message(context: Context) -> Message:
    shift, reader = _shift(context), context.row.subject.partition(":")[2]
    handovers = tables.items(context.session, shift.number)
    unchanged = len(accepting.unchanged_items(context.session, shift))
    floor, translate = context.services.floor, translator_for(context.session, context.services, reader)
    return views.handover_message(shift, handovers, unchanged, reader, floor, translate, utcnow())


def _call_message(context: Context) -> Message:
    shift = _shift(context)
    handovers, floor = tables.items(context.session, shift.number), context.services.floor
    return views.call_message(shift, handovers, floor, translator(floor.language))


def _operations(context: Context) -> str:
    floor = context.services.floor
    return channel_id(context.services, floor.shifts.channel or floor.incidents_channel)


KINDS = (
    Kind(kinds.SHIFT_HANDOVER, "", _shift_message, kinds.channel_of_row, otherwise=Refusal.FINAL),
    Kind(kinds.SHIFT_CALL, "", _call_message, _operations, forget=forget_channel),
    kinds.job(kinds.HANDOVERS_FILE, export.share, export.channel_of, otherwise=Refusal.FINAL),
)
