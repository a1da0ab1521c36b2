"""The point of contact: pinned in the operations channel, and edited whenever somebody comes on or goes off."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import outbox
from bot.directory.lookup import channel_id
from bot.errors import TryLater
from bot.outbox import kinds
from bot.outbox.kinds import Call, Context, Message, Settled
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.shifts import people, tables, views
from bot.shifts.tables import CONTACT, Shift
from bot.shifts.wording import translator

# Without any shift ahead, the message is looked at once a day.
IDLE = timedelta(days=1)
HAND_OVER_BEFORE = timedelta(minutes=15)
NEXT_WITHIN = timedelta(days=2)
MESSAGE_SOON_S = 0.5
SUBJECT = "contact"


def refresh(services: Services, now: datetime) -> None:
    """Bring the pinned message up to date; it is posted when there is none."""
    with services.database.transaction() as session:
        tables.set_clock(session, CONTACT, _next_look(session, now))
        if not services.floor.shifts.contact:
            return
        _ask_to_hand_over(session, services, now)
        if outbox.enqueue(session, kinds.CONTACT, SUBJECT, now, subject=SUBJECT):
            outbox.enqueue(session, kinds.CONTACT_PIN, "contact_pin", now, subject=SUBJECT)
        else:
            outbox.edit_named(session, None, kinds.CONTACT, SUBJECT, now)


def _next_look(session: Session, now: datetime) -> datetime:
    """When somebody comes on or goes off, or is to hand over because their shift ends soon."""
    boundary = tables.next_boundary(session, now)
    if boundary is None:
        return now + IDLE
    return boundary - HAND_OVER_BEFORE if boundary - HAND_OVER_BEFORE > now else boundary


def _ask_to_hand_over(session: Session, services: Services, now: datetime) -> None:
    """The point of contact whose shift ends soon is asked once to hand over."""
    for shift in tables.on_at(session, now, services.floor.shifts.contact):
        if shift.user_id and shift.ends_at - HAND_OVER_BEFORE <= now:
            key = f"shift_ends:{shift.number}:{shift.ends_at.isoformat()}"
            translate = people.translator_for(session, services, shift.user_id)
            text, blocks = views.shift_ends_message(shift, translate, now)
            outbox.post(session, key, shift.user_id, text, now, blocks=blocks)


def message(context: Context) -> Message:
    """As it is to be read now."""
    session, floor, now = context.session, context.services.floor, utcnow()
    role = floor.shifts.contact
    on = tables.on_at(session, now, role)
    return views.contact_message(floor, translator(floor.language), on, next_on(session, now, role), now)


def next_on(session: Session, at: datetime, role: str = "", region: str = "", most: int = 2) -> Sequence[Shift]:
    """Who comes on next after a moment: the shifts that begin first."""
    coming = [
        shift
        for shift in tables.between(session, at, at + NEXT_WITHIN)
        if shift.starts_at > at
        and (not role or shift.role.casefold() == role.casefold())
        and (not region or shift.region.casefold() == region.casefold())
    ]
    first = [shift for shift in coming if shift.starts_at == coming[0].starts_at]
    return first[:most]


def channel_of(context: Context) -> str:
    """Where it is pinned."""
    floor = context.services.floor
    return channel_id(context.services, floor.shifts.channel or floor.incidents_channel)


def pin(context: Context) -> Call:
    """Pin the message once it is there."""
    services = context.services

    def perform() -> None:
        with services.database.reading() as session:
            rows = outbox.named(session, None, kinds.CONTACT, SUBJECT)
        shown = next((row for row in rows if row.ts and row.channel_id), None)
        if shown is None:
            raise TryLater("the point of contact is not posted yet", wait_s=MESSAGE_SOON_S)
        services.slack.pin(str(shown.channel_id), str(shown.ts))

    return Call("pinned", perform)


def pin_again(settled: Settled) -> None:
    """A person deleted the message: the new one is pinned as well."""
    outbox.show_again(settled.session, None, kinds.CONTACT_PIN)
