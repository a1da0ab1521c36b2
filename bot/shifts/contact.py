"""The point of contact: a pinned message in the operations channel, edited at every change of shift."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import outbox
from bot.directory.lookup import channel_id
from bot.errors import TryLater
from bot.outbox import kinds
from bot.outbox.kinds import Call, Context, Settled
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.shifts import availability, tables, views
from bot.shifts.tables import CONTACT, Shift, ShiftClock
from bot.shifts.wording import translator, translator_for
from bot.slack.blocks import Message

# Without any shift ahead, the message is checked once a day.
IDLE = timedelta(days=1)
HAND_OVER_BEFORE = timedelta(minutes=15)
NEXT_WITHIN = timedelta(days=2)
MESSAGE_SOON_S = 0.5
SUBJECT = "contact"


def refresh(services: Services, now: datetime) -> None:
    """Update the pinned message, or post and pin it if there is none."""
    with services.database.transaction() as session:
        # Locked before shifts are read, so that this check overwrites no check that a change of shifts asks for.
        session.get(ShiftClock, CONTACT, with_for_update=True)
        tables.set_clock(session, CONTACT, _next_check(session, now))
        if not services.floor.shifts.contact:
            return
        _ask_to_hand_over(session, services, now)
        if outbox.enqueue(session, kinds.CONTACT, SUBJECT, now, subject=SUBJECT):
            outbox.enqueue(session, kinds.CONTACT_PIN, "contact_pin", now, subject=SUBJECT)
        else:
            outbox.edit_named(session, None, kinds.CONTACT, SUBJECT, now)


def _next_check(session: Session, now: datetime) -> datetime:
    """When the next shift or absence starts or ends, or 15 minutes before, when a handover is requested."""
    boundary = tables.next_boundary(session, now)
    if boundary is None:
        return now + IDLE
    return boundary - HAND_OVER_BEFORE if boundary - HAND_OVER_BEFORE > now else boundary


def _ask_to_hand_over(session: Session, services: Services, now: datetime) -> None:
    """Ask the point of contact whose shift ends soon to hand over, once per shift."""
    for shift in tables.on_at(session, now, services.floor.shifts.contact):
        if shift.user_id and shift.ends_at - HAND_OVER_BEFORE <= now:
            key = f"shift_ends:{shift.number}:{shift.ends_at.isoformat()}"
            translate = translator_for(session, services, shift.user_id)
            text, blocks = views.shift_ends_message(shift, translate, now)
            outbox.post(session, key, shift.user_id, text, now, blocks=blocks)


def message(context: Context) -> Message:
    session, floor, now = context.session, context.services.floor, utcnow()
    role = floor.shifts.contact
    current_shifts = tables.on_at(session, now, role)
    return views.contact_message(
        floor, translator(floor.language), current_shifts, next_on(session, now, role), now
    )


def next_on(session: Session, at: datetime, role: str = "", region: str = "", most: int = 2) -> Sequence[Shift]:
    """The shifts that begin next after a moment, all with the same start, of people who are available then."""
    coming_shifts = [
        shift
        for shift in tables.between(session, at, at + NEXT_WITHIN)
        if shift.starts_at > at
        and (not role or shift.role.casefold() == role.casefold())
        and (not region or shift.region.casefold() == region.casefold())
    ]
    return next(filter(None, availability.of_those_who_come(session, coming_shifts, at)), [])[:most]


def channel_of(context: Context) -> str:
    """The id of the channel of the pinned message."""
    floor = context.services.floor
    return channel_id(context.services, floor.shifts.channel or floor.incidents_channel)


def pin(context: Context) -> Call:
    """The call that pins the message; raises `TryLater` until the message is posted."""
    services = context.services

    def perform() -> None:
        with services.database.reading() as session:
            rows = outbox.named(session, None, kinds.CONTACT, SUBJECT)
        posted_row = next((row for row in rows if row.ts and row.channel_id), None)
        if posted_row is None:
            raise TryLater("the point of contact is not posted yet", wait_s=MESSAGE_SOON_S)
        services.slack.pin(str(posted_row.channel_id), str(posted_row.ts))

    return Call("pinned", perform)


def pin_again(settled: Settled) -> None:
    """Pin the new message after a user deleted the old one."""
    outbox.show_again(settled.session, None, kinds.CONTACT_PIN)
