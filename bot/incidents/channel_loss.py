"""An incident's channel refused by Slack, lost (archived, deleted, or the bot removed from it) and found."""

from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot import directory, outbox
from bot.config.floor import Floor
from bot.incidents import awaited_channels, forms, wording
from bot.incidents.roles import lead_of
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.timeline import timeline

LOST_KIND, FOUND_KIND = "channel_lost", "channel_found"


class Loss(Struct, frozen=True):
    """What happened to a channel, and the remedy."""

    what: str
    remedy: str


ARCHIVED = Loss("it was archived", wording.UNARCHIVE_CHANNEL)
DELETED = Loss("it was deleted", wording.CHANNEL_CANNOT_COME_BACK)
REMOVED = Loss("I was removed from it", wording.INVITE_ME)
OUT_OF_SIGHT = Loss("it was archived or deleted, or I was removed from it", wording.OPEN_AND_INVITE)

# Errors with which Slack refuses a call, for losses of which it sent no event.
LOSS_BY_ERROR = {
    "is_archived": ARCHIVED,
    "is_inactive": ARCHIVED,
    "channel_not_found": DELETED,
    "not_in_channel": REMOVED,
}


def loss_of_error(incident: Incident, error: str) -> Loss | None:
    """The loss that Slack's error tells of; None if it tells of none."""
    if error == "channel_not_found" and incident.is_private:
        return OUT_OF_SIGHT  # Slack says the same of a private channel that is there, and the bot is not in it
    return LOSS_BY_ERROR.get(error)


def record_no_channel(session: Session, number: int, reason: str, now: datetime) -> bool:
    """Record that Slack refused the incident a channel; nothing waits for one now. False if it is on record."""
    facts = {"what": "open the channel", "reason": reason}
    return timeline.append_once(session, number, awaited_channels.NO_CHANNEL, "trouble", now, **facts)


def is_lost(session: Session, number: int) -> bool:
    """True if the channel is gone, as far as we know."""
    return lost_since(session, number) is not None


def lost_since(session: Session, number: int) -> datetime | None:
    """When the channel was lost; None while it is there."""
    last_entry = timeline.last_of(session, number, (LOST_KIND, FOUND_KIND))
    return last_entry.at if last_entry is not None and last_entry.kind == LOST_KIND else None


def mark_channel_lost(session: Session, floor: Floor, incident: Incident, loss: Loss, now: datetime) -> None:
    """Stop drawing there, and tell the incident's lead, once per loss, with the buttons to go on."""
    number = incident.number
    if is_lost(session, number):
        return
    entry_number = timeline.append(session, number, LOST_KIND, now, reason=loss.what)
    outbox.give_up(session, number)
    outbox.mark_stale(session, number, (kinds.DIGEST,))
    session.flush()
    target = reader_without_channel(session, floor, incident)
    if target is None:
        return
    text, blocks = forms.channel_lost(incident, loss.what, loss.remedy)
    outbox.post(session, f"lost:{number}:{entry_number}", target, text, now, incident_id=number, blocks=blocks)


def reader_without_channel(session: Session, floor: Floor, incident: Incident) -> str | None:
    """The reader of what the channel can no longer show: the incident's lead, else the incidents channel.

    None for a private incident without a lead.
    """
    lead = lead_of(session, incident)
    if lead != incident.channel_id:
        return lead
    return None if incident.is_private else directory.channel_id(session, floor.incidents_channel)


def mark_channel_found(session: Session, incident: Incident, now: datetime) -> bool:
    """Draw everything there again; return False if the channel was not lost."""
    if not is_lost(session, incident.number):
        return False
    timeline.append(session, incident.number, FOUND_KIND, now)
    outbox.mark_stale(session, incident.number)
    return True
