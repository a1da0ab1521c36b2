"""The picture of an incident's timeline: drawn from the record and posted in its channel on request."""

from datetime import datetime

from bot import directory, outbox
from bot.incidents import incidents
from bot.incidents.access import visible_incident
from bot.incidents.invitations import channel_of
from bot.incidents.milestones import milestones_of
from bot.outbox import kinds, shared_files
from bot.outbox.kinds import Call, Context, Kind, Settled
from bot.outbox.rules import Refusal
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.screens import answer_wording
from bot.services import Services
from bot.slack.text import mention
from bot.timeline import lanes, pictures, timeline
from bot.timeline.wording import NameOf, user_ids_in


def picture_png(services: Services, number: int, now: datetime, name_of: NameOf | None = None) -> bytes:
    """Return the picture as PNG, in the floor's language. `name_of` gives the names of people in it.

    Takes about a second. Raises `TryLater` if it could not be drawn.
    """
    with services.database.reading() as session:
        incident = incidents.by_number(session, number)
        entries = timeline.of_kinds(session, number, lanes.PICTURE_KINDS)
        milestones = milestones_of(session, number)
        names = directory.display_names(
            session, {person_id for entry in entries for person_id in user_ids_in(entry.facts)}
        )
    display_name = name_of or (lambda user_id: names.get(user_id, user_id))
    title = f"#{number} {incident.title}"
    floor = services.floor
    responder = floor.role("responder").title
    return pictures.render_picture(
        lanes.build_picture(
            title, entries, milestones, display_name, now, floor.language, floor.zone, shared_role=responder
        )
    )


def request_picture(services: Services, number: int, key: str, by: str) -> str:
    """Enqueue the picture for the incident's channel. Return the answer."""
    incident, now = visible_incident(services, number, by), utcnow()
    with services.database.transaction() as session:
        payload = {"asked_by": by}
        outbox.enqueue(session, kinds.PICTURE, f"picture:{key}", now, incident_id=incident.number, payload=payload)
    return answer_wording.PICTURE_REQUESTED


def call(context: Context) -> Call:
    """Return the call that draws the picture, uploads it and shares it in the channel."""
    return shared_files.call(context, channel_of(context), _share)


def _share(services: Services, row: OutboxRow, channel_id: str) -> None:
    number, payload = row.incident_id or 0, row.payload or {}
    # A file that is uploaded twice is shown once: only a shared file appears anywhere.
    file_id = services.slack.upload(f"timeline-{number}.png", picture_png(services, number, utcnow()))
    with services.database.transaction() as session:
        outbox.remember(session, row, payload | {"file_id": file_id}, utcnow())
    text = answer_wording.PICTURE_SHARED.format(person=mention(payload["asked_by"]))
    services.slack.share_files([(file_id, f"Timeline {number}")], channel_id, text)


def note_refused(settled: Settled, error: str) -> None:
    """Record in the timeline that Slack refused the picture, and tell the person who asked for it."""
    session, row, now = settled.session, settled.row, utcnow()
    number, key = row.incident_id or 0, f"{row.key}:refused"
    facts = {"what": "show the picture of the timeline", "reason": error}
    timeline.append_once(session, number, key, "trouble", now, **facts)
    text = answer_wording.PICTURE_REFUSED.format(number=number, error=error)
    outbox.post(session, key, (row.payload or {})["asked_by"], text, now, incident_id=number)


KINDS = (Kind(kinds.PICTURE, "", call, channel_of, otherwise=Refusal.FINAL, on_given_up=note_refused),)
