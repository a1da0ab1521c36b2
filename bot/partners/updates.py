"""The regular update under the notice of each partner that was told, in the partner's own language."""

from bot.config.floor import PARTNERS
from bot.directory import tables as directory
from bot.incidents.change import Change
from bot.incidents.events import UpdateAmended, UpdateDue
from bot.incidents.rules import OPEN
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.partners import tables
from bot.partners.messages import partner_of
from bot.partners.rules import State


def tell(change: Change, event: UpdateDue) -> None:
    """The update for every partner whose channel does not get it already. Who was not told yet gets the notice.

    When it is over nothing is sent: the all-clear says so in the same thread.
    """
    session, incident = change.session, change.incident
    audience = change.services.floor.audiences[event.audience]
    if PARTNERS not in audience.channels or incident.status not in OPEN or incident.is_private:
        return
    others = {directory.channel_id(session, name.removeprefix("#")) for name in audience.channels}
    for row in tables.of_incident(session, incident.number):
        shown = outbox.find(session, incident.number, kinds.PARTNER, row.partner)
        if row.state != State.TOLD or shown is None or shown.ts is None or row.channel_id in others:
            continue
        # Each reads its own name, and nobody else's.
        words, blocks = event.render(partner_of(change.services, row.partner).language, row.partner)
        mine = f"{_begins(incident.number, event.audience)}{row.number}:"
        outbox.supersede(session, mine)
        outbox.post(
            session,
            f"{mine}{event.promise_id}",
            row.channel_id or "",
            words,
            change.now,
            incident_id=incident.number,
            thread_ts=shown.ts,
            blocks=blocks,
        )
    outbox.mark_stale(session, incident.number, (kinds.PARTNER,))


def amend(change: Change, event: UpdateAmended) -> None:
    """What stands below partners' notices says when the next update comes after all, to each in its language."""
    session, number = change.session, change.number
    rows = {str(row.number): row for row in tables.of_incident(session, number)}
    begins = _begins(number, event.audience)
    for said in outbox.posts_of(session, number, begins, f":{event.promise_id}"):
        language = partner_of(change.services, rows[said.key.split(":")[-2]].partner).language
        outbox.edit(session, said, event.render(said.text, (language,), True), change.now)


def _begins(number: int, audience: str) -> str:
    """How the keys of an audience's updates to partners begin; the notice's number and the promise's follow."""
    return f"partner-update:{number}:{audience}:"
