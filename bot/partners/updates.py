"""The regular update under the notice of each partner that was told, in the partner's own language."""

from datetime import datetime

from sqlmodel import Session

from bot.config.floor import PARTNERS
from bot.directory import tables as directory
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.partners import tables
from bot.partners.messages import partner_of
from bot.partners.rules import State
from bot.services import Services
from bot.updates import views
from bot.updates.composition import compose_in
from bot.updates.footers import footer
from bot.updates.tables import Promise


def tell(session: Session, services: Services, incident: Incident, promise: Promise, now: datetime) -> None:
    """The update for every partner whose channel does not get it already. Who was not told yet gets the notice.

    When it is over nothing is sent: the all-clear says so in the same thread. Before the promise is composed: what
    somebody typed for it is read in each language.
    """
    audience = services.floor.audiences[promise.audience]
    if PARTNERS not in audience.channels or incident.status not in OPEN or incident.is_private:
        return
    others = {directory.channel_id(session, name.removeprefix("#")) for name in audience.channels}
    for row in tables.of_incident(session, incident.number):
        shown = outbox.find(session, incident.number, kinds.PARTNER, row.partner)
        if row.state != State.TOLD or shown is None or shown.ts is None or row.channel_id in others:
            continue
        language = partner_of(services, row.partner).language
        # Each reads its own name, and nobody else's.
        words = compose_in(session, services, incident, promise, now, (language,), reader=row.partner)
        mine = f"{_begins(promise)}{row.number}:"
        outbox.supersede(session, mine)
        outbox.post(
            session,
            f"{mine}{promise.id}",
            row.channel_id or "",
            words,
            now,
            incident_id=incident.number,
            thread_ts=shown.ts,
            blocks=views.blocks(words),
        )
    outbox.mark_stale(session, incident.number, (kinds.PARTNER,))


def amend(session: Session, services: Services, incident: Incident, promise: Promise, now: datetime) -> None:
    """What stands below partners' notices says when the next update comes after all, to each in its language."""
    rows = {str(row.number): row for row in tables.of_incident(session, incident.number)}
    for said in outbox.posts_of(session, incident.number, _begins(promise), f":{promise.row}"):
        languages = (partner_of(services, rows[said.key.split(":")[-2]].partner).language,)
        below = footer(session, services, incident, promise, languages, now, is_outside=True)
        outbox.edit(session, said, [*views.blocks((said.payload or {})["text"]), *below], now)


def _begins(promise: Promise) -> str:
    """How the keys of an audience's updates to partners begin; the notice's number and the promise's follow."""
    return f"partner-update:{promise.incident_id}:{promise.audience}:"
