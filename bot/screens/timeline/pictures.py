"""The picture of an incident's timeline: drawn from the record, put into its channel when somebody asks."""

from datetime import datetime

from pydantic import BaseModel

from bot.directory import tables as directory
from bot.incidents import tables as incidents
from bot.incidents.access import incident as visible
from bot.outbox import tables as outbox
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.screens.timeline.milestones import milestones_of
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.text import mention
from bot.timeline import lanes, pictures, sendings
from bot.timeline import tables as timeline
from bot.timeline.wording import Naming, people_in


class PictureRequest(BaseModel):
    """Which picture to send."""

    sending_id: int


def picture(services: Services, number: int, now: datetime, name: Naming | None = None) -> bytes:
    """The picture as PNG, in the floor's language, times in UTC. `name` says how people are called in it.

    It takes about a second; `TryLater` when it could not be drawn.
    """
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
        entries = timeline.of_kinds(session, number, lanes.KINDS)
        known = milestones_of(session, number)
        people = directory.names(session, {who for entry in entries for who in people_in(entry.facts)})
    calls = name or (lambda user_id: people.get(user_id, user_id))
    title = f"#{number} {incident.title}"
    return pictures.drawn(lanes.picture(title, entries, known, calls, now, services.floor.language))


@flow
def send_picture(services: Services, request: PictureRequest) -> None:
    """Draw it, hand it to Slack, show it in the incident's channel."""
    try:
        upload(services, request.sending_id)
        share(services, request.sending_id)
    except SlackRefused as refused:
        give_up(services, request.sending_id, refused.error)


@step
def upload(services: Services, sending_id: int) -> None:
    """The file; one that is uploaded twice is shown once, for only the shared one appears anywhere."""
    with services.store.reading() as session:
        sending = sendings.get(session, sending_id)
    if sending.file_id is not None:
        return
    number = sending.incident_id
    file_id = services.slack.upload(f"timeline-{number}.png", picture(services, number, utcnow()))
    with services.store.transaction() as session:
        sendings.get(session, sending_id).file_id = file_id


@step
def share(services: Services, sending_id: int) -> None:
    """Show it in the channel, unless an attempt that was cut off has done it."""
    with services.store.transaction() as session:
        sending = sendings.get(session, sending_id)
        channel_id = incidents.by_number(session, sending.incident_id).channel_id or ""
        attempted_before = sending.attempted_at is not None
        sending.attempted_at = sending.attempted_at or utcnow()
    assert sending.file_id is not None
    if not (attempted_before and services.slack.is_shared(sending.file_id, channel_id)):
        words = f"The timeline as a picture, asked for by {mention(sending.asked_by)}. Times are UTC."
        title = f"Timeline {sending.incident_id}"
        services.slack.share_files([(sending.file_id, title)], channel_id, words)
    with services.store.transaction() as session:
        sendings.get(session, sending_id).is_settled = True


@step
def give_up(services: Services, sending_id: int, reason: str) -> None:
    """Slack will not take it: the timeline says so, and who asked hears it."""
    with services.store.transaction() as session:
        sending = sendings.get(session, sending_id)
        sending.is_settled = True
        number, key = sending.incident_id, f"picture:{sending_id}"
        facts = {"what": "show the picture of the timeline", "reason": reason}
        timeline.append_once(session, number, key, "trouble", utcnow(), **facts)
        words = f"Slack did not let me show the picture of incident {number}'s timeline: {reason}."
        outbox.post(session, key, sending.asked_by, words, utcnow(), incident_id=number)


def ask_for(services: Services, number: int, key: str, by: str) -> str:
    """Put the picture into the incident's channel. Gives back what to answer."""
    found = visible(services, number, by)
    with services.store.transaction() as session:
        sending_id = sendings.request(session, found.number, key, by)
    start(services, sending_id)
    return "The picture is being drawn; it comes into the incident's channel."


def start(services: Services, sending_id: int) -> None:
    """Send a picture that was asked for; started again, nothing more happens."""
    services.flows.start_once(f"picture:{sending_id}", send_picture, PictureRequest(sending_id=sending_id))


def tick(services: Services, now: datetime) -> None:
    """Pictures whose sending was not started because the process ended right after they were asked for."""
    with services.store.reading() as session:
        waiting = sendings.waiting(session)
    for sending_id in waiting:
        start(services, sending_id)
