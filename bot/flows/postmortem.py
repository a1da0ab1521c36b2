"""The post-mortem draft: written from the record, delivered to the commander by direct message."""

from datetime import datetime

from pydantic import BaseModel

from bot.clock import utcnow
from bot.durable import flow, step
from bot.flows.postmortem_facts import write
from bot.incidents import tables as incidents
from bot.postmortems import tables
from bot.postmortems.rendering import MARKDOWN, render
from bot.services import Services
from bot.slack.outcomes import SlackRefused
from bot.slack.text import one_line
from bot.timeline import tables as timeline


class PostMortemRequest(BaseModel):
    """Which draft to deliver."""

    postmortem_id: int


@flow
def deliver_postmortem(services: Services, request: PostMortemRequest) -> None:
    """Write it, upload it, share it with the commander, say that it arrived."""
    try:
        open_conversation(services, request.postmortem_id)
        upload(services, request.postmortem_id)
        share(services, request.postmortem_id)
    except SlackRefused as refused:
        give_up(services, request.postmortem_id, refused.error)
        return
    settle(services, request.postmortem_id)


@step
def open_conversation(services: Services, postmortem_id: int) -> None:
    """The direct-message channel with who gets it."""
    with services.store.reading() as session:
        draft = tables.get(session, postmortem_id)
    if draft.channel_id is None:
        channel_id = services.slack.direct_channel(draft.recipient_id)
        with services.store.transaction() as session:
            tables.get(session, postmortem_id).channel_id = channel_id


@step
def upload(services: Services, postmortem_id: int) -> None:
    """The draft as a file. One that is uploaded twice is shown once: only the shared one appears anywhere."""
    with services.store.reading() as session:
        draft = tables.get(session, postmortem_id)
        if draft.file_id is not None:
            return
    document = write(services, draft.incident_id, utcnow())
    content = render(services.templates, document, MARKDOWN).encode()
    file_id = services.slack.upload(f"post-mortem-{draft.incident_id}.md", content)
    with services.store.transaction() as session:
        tables.get(session, postmortem_id).file_id = file_id


@step
def share(services: Services, postmortem_id: int) -> None:
    """Put the file into the conversation, unless an attempt that was cut off has done it."""
    with services.store.transaction() as session:
        draft = tables.get(session, postmortem_id)
        incident = incidents.by_number(session, draft.incident_id)
        attempted_before = draft.shared_at is not None
        draft.shared_at = draft.shared_at or utcnow()
    assert draft.file_id is not None
    assert draft.channel_id is not None
    if attempted_before and services.slack.is_shared(draft.file_id, draft.channel_id):
        return
    words = (
        f"The post-mortem draft of incident {incident.number}, {one_line(incident.title, 200)}.\n"
        "It is written from the record; what is not known says so. Please complete it."
    )
    services.slack.share_file(draft.file_id, f"Post-mortem {incident.number}", draft.channel_id, words)


@step
def settle(services: Services, postmortem_id: int) -> None:
    """It arrived."""
    now = utcnow()
    with services.store.transaction() as session:
        draft = tables.get(session, postmortem_id)
        if draft.delivered_at is None:
            draft.delivered_at = now
            timeline.append(session, draft.incident_id, "postmortem_delivered", now, user=draft.recipient_id)


@step
def give_up(services: Services, postmortem_id: int, reason: str) -> None:
    """Slack will not take it: the incident's timeline says so."""
    with services.store.transaction() as session:
        draft = tables.get(session, postmortem_id)
        draft.trouble = reason
        facts = {"what": "deliver the post-mortem draft", "reason": reason}
        key = f"postmortem:{postmortem_id}"
        timeline.append_once(session, draft.incident_id, key, "trouble", utcnow(), **facts)


def deliver_soon(services: Services, postmortem_id: int) -> None:
    """Start delivering a draft; asked again, nothing more happens."""
    request = PostMortemRequest(postmortem_id=postmortem_id)
    services.flows.start_once(f"postmortem:{postmortem_id}", deliver_postmortem, request)


def tick(services: Services, now: datetime) -> None:
    """Drafts whose delivery was not started because the process ended right after the close."""
    with services.store.reading() as session:
        undelivered = tables.undelivered(session)
    for postmortem_id in undelivered:
        deliver_soon(services, postmortem_id)
