"""The regular update in the thread of each informed partner's notice, in the partner's own language."""

from bot import directory, outbox
from bot.config.floor import PARTNERS
from bot.incidents.change import Change
from bot.incidents.events import UpdateAmended, UpdateDue
from bot.incidents.rules import OPEN
from bot.outbox import kinds
from bot.partners import tables
from bot.partners.messages import partner_of
from bot.partners.rules import NOTICE_SUFFICES, State


def post_updates(change: Change, event: UpdateDue) -> None:
    """Post the update in the notice's thread of each partner whose channel does not get it already.

    Nothing is sent once the incident is over: the all-clear says so in the same thread.
    """
    session, incident = change.session, change.incident
    audience = change.services.floor.audiences[event.audience]
    if PARTNERS not in audience.channels or incident.status not in OPEN or incident.is_private:
        return
    audience_channels = {directory.channel_id(session, name.removeprefix("#")) for name in audience.channels}
    for row in tables.of_incident(session, incident.number):
        display = outbox.find(session, incident.number, kinds.PARTNER, row.partner)
        if row.state != State.TOLD or display is None or display.ts is None or row.channel_id in audience_channels:
            continue
        if event.is_automatic and row.told_at and change.now < row.told_at + NOTICE_SUFFICES:
            continue
        # Each partner reads its own name and no other partner's.
        text, blocks = event.render(partner_of(change.services, row.partner).language, row.partner)
        prefix = f"{_key_prefix(incident.number, event.audience)}{row.number}:"
        outbox.supersede(session, prefix)
        outbox.post(
            session,
            f"{prefix}{event.promise_id}",
            row.channel_id or "",
            text,
            change.now,
            incident_id=incident.number,
            thread_ts=display.ts,
            blocks=blocks,
        )
    outbox.mark_stale(session, incident.number, (kinds.PARTNER,))


def edit_footers(change: Change, event: UpdateAmended) -> None:
    """Correct the time of the next update in the updates below partners' notices, each in its language."""
    session, number = change.session, change.number
    rows = {str(row.number): row for row in tables.of_incident(session, number)}
    key_prefix = _key_prefix(number, event.audience)
    for posted_row in outbox.posts_of(session, number, key_prefix, f":{event.promise_id}"):
        language = partner_of(change.services, rows[posted_row.key.split(":")[-2]].partner).language
        outbox.edit(
            session, posted_row, event.render(event.promise_id, posted_row.text, (language,), True), change.now
        )


def _key_prefix(number: int, audience: str) -> str:
    """The prefix of the keys of an audience's updates to partners; the notice's number and the promise's follow."""
    return f"partner-update:{number}:{audience}:"
