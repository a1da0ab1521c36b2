"""Messages about open times: to people and channels, edited when the open time changes."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.outbox import kinds
from bot.outbox.kinds import Context
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.shifts import availability, open_time_tables, open_time_views
from bot.shifts.open_time_tables import OpenTime
from bot.shifts.rules import Problem
from bot.shifts.wording import translator_for
from bot.slack.blocks import Message

# The end of the subject of a message to a manager.
MANAGER = ":manager"


def post(
    session: Session,
    open_time: OpenTime,
    user_ids: Iterable[str],
    now: datetime,
    *,
    is_manager: bool = False,
    occasion: str = "",
) -> None:
    """Send the open time to people or channels, once each per occasion."""
    for user_id in user_ids:
        recipient = f"{open_time.number}:{user_id}{occasion}"
        # In the subject, because the payload is emptied when old words are removed.
        subject = f"{recipient}{MANAGER}" if is_manager else recipient
        key = f"open_time:{recipient}"
        outbox.enqueue(session, kinds.OPEN_TIME, key, now, subject=subject, channel_id=user_id)
        if user_id not in open_time.told:
            open_time.told = [*open_time.told, user_id]


def post_in_channel(
    session: Session, services: Services, open_time: OpenTime, now: datetime, *, occasion: str
) -> None:
    """Likewise, to the operations channel, or else the incidents channel."""
    floor = services.floor
    channel_id = directory.channel_id(session, floor.shifts.channel or floor.incidents_channel)
    if channel_id:
        is_request = open_time.problem == Problem.BELOW_LOAD
        post(session, open_time, [channel_id], now, is_manager=is_request, occasion=occasion)


def redraw(session: Session, open_time: OpenTime, now: datetime) -> None:
    """Have the messages about the open time edited after a change to it."""
    session.flush()
    outbox.edit_about(session, kinds.OPEN_TIME, str(open_time.number), now)


def message(context: Context) -> Message:
    """The current message about an open time, for its recipient."""
    # The row's channel is no person any more once the message is in their direct messages.
    number, recipient, *_ = context.row.subject.split(":")
    open_time = context.session.get_one(OpenTime, int(number))
    merged = open_time_tables.answers_merged_into(context.session, open_time)
    is_manager = context.row.subject.endswith(MANAGER)
    translate = translator_for(context.session, context.services, recipient)
    floor, is_asked = context.services.floor, recipient in open_time.told
    missing = availability.find_missing(context.session, open_time)
    return open_time_views.open_time_message(
        open_time,
        merged,
        floor,
        translate,
        utcnow(),
        missing,
        reader_id=recipient,
        is_manager=is_manager,
        is_asked=is_asked,
    )
