"""Bringing a post-mortem to everyone who is to have it: a message that is kept up to date, the files in its thread.

Whoever lacks the newest version gets it: the first is written from the record, the others were uploaded by people.
Where it is published is a copy like the others.
"""

import functools
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot.errors import TryLater
from bot.incidents import tables as incidents
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.outbox.worker import Worker
from bot.postmortems import content, copies, tables, versions
from bot.postmortems.copies import Copy
from bot.postmortems.versions import Upload
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.timeline import tables as timeline

MESSAGE_SOON_S = 0.3
SHARED_ALREADY = "file_already_completed"


class PostMortemRequest(BaseModel):
    """Which post-mortem to bring to everyone."""

    postmortem_id: int


@flow
def deliver_postmortem(services: Services, request: PostMortemRequest) -> None:
    """Upload the files, show the messages, put the files into their threads, fill the channel's canvas."""
    upload(services, request.postmortem_id)
    show(services, request.postmortem_id)
    share(services, request.postmortem_id)
    fill_canvas(services, request.postmortem_id)


@step
def upload(services: Services, postmortem_id: int) -> None:
    """A copy's own files. One that is uploaded twice is shown once: only what is shared appears anywhere."""
    with services.store.reading() as session:
        lacking = [copy for copy in copies.behind(session, postmortem_id) if not _uploaded(session, copy)]
    if not lacking:
        return
    _announce(services, lacking)
    try:
        made = _upload_to_each(services, postmortem_id, lacking)
    except SlackRefused as refused:
        for copy in lacking:
            give_up(services, copy, refused.error)
        return
    with services.store.transaction() as session:
        for row in sorted(made, key=lambda row: content.KINDS.index(row.kind)):
            session.add(row)


def _upload_to_each(services: Services, postmortem_id: int, lacking: Sequence[Copy]) -> list[Upload]:
    """Slack shows a file in one thread only, so each copy has its own; one travels while the next is written."""
    made: list[Upload] = []

    def send(copy: Copy, file: content.File) -> None:
        file_id = services.slack.upload(file.name, file.content)
        of_copy = Upload(
            copy_id=copy.number, version=copy.wanted_version, kind=file.kind, name=file.name, file_id=file_id
        )
        made.append(of_copy)

    version = lacking[0].wanted_version
    sending = [
        services.soon.beside(functools.partial(send, copy, file))
        for file in content.files(services, postmortem_id, version)
        for copy in lacking
    ]
    for sent in sending:
        sent.result()
    return made


def _announce(services: Services, lacking: Sequence[Copy]) -> None:
    """The messages need not wait for the files: they are edited when those are there."""
    with services.store.transaction() as session:
        for copy in lacking:
            outdate(session, copy)


def _uploaded(session: Session, copy: Copy) -> bool:
    return bool(versions.uploads(session, copy.number, copy.wanted_version))


def outdate(session: Session, copy: Copy) -> None:
    """What is shown of a post-mortem is to be drawn anew, this copy's message among it."""
    subject = str(copy.number)
    if outbox.find(session, copy.incident_id, kinds.POST_MORTEM, subject) is None:
        outbox.add(session, kinds.POST_MORTEM, copy.incident_id, utcnow(), subject)
    outbox.mark_stale(session, copy.incident_id, (kinds.POST_MORTEM,))


@step
def show(services: Services, postmortem_id: int) -> None:
    """The messages in whose threads the files go. Who cannot be written to is passed over."""
    with services.store.reading() as session:
        lacking = copies.behind(session, postmortem_id)
    if not lacking:
        return
    services.get(Worker).deliver_incident(lacking[0].incident_id)
    for copy in lacking:
        with services.store.reading() as session:
            shown = outbox.find(session, copy.incident_id, kinds.POST_MORTEM, str(copy.number))
        if shown is not None and shown.ts is None and shown.error:
            give_up(services, copy, shown.error)
        elif shown is None or shown.ts is None:
            raise TryLater("the message about a post-mortem is not there yet", wait_s=MESSAGE_SOON_S)


@step
def share(services: Services, postmortem_id: int) -> None:
    """Put the files into the threads, unless an attempt that was cut off has done it."""
    with services.store.reading() as session:
        lacking = copies.behind(session, postmortem_id)
    services.soon.side_by_side([functools.partial(_share, services, copy.number) for copy in lacking])


def _share(services: Services, copy_id: int) -> None:
    with services.store.transaction() as session:
        copy = copies.get(session, copy_id)
        files = versions.uploads(session, copy_id, copy.wanted_version)
        shown = outbox.find(session, copy.incident_id, kinds.POST_MORTEM, str(copy_id))
        attempted_before = copy.attempted_version == copy.wanted_version
        copy.attempted_version = copy.wanted_version
        session.add(copy)
    if not files or shown is None or shown.ts is None or shown.channel_id is None:
        raise TryLater("a newer version came meanwhile", wait_s=MESSAGE_SOON_S)
    if not (attempted_before and services.slack.is_shared(files[0].file_id, shown.channel_id)):
        try:
            titled = [(file.file_id, file.name) for file in files]
            services.slack.share_files(titled, shown.channel_id, f"Version {copy.wanted_version}", shown.ts)
        except SlackRefused as refused:
            if refused.error != SHARED_ALREADY:
                give_up(services, copy, refused.error)
                return
    _settle(services, copy)


def _settle(services: Services, given: Copy) -> None:
    now = utcnow()
    with services.store.transaction() as session:
        copy = copies.get(session, given.number)
        copy.shared_version = given.wanted_version
        if copy.delivered_at is None:
            copy.delivered_at = now
            _write_down(session, copy, now)
        session.add(copy)
        outdate(session, copy)


def _write_down(session: Session, copy: Copy, now: datetime) -> None:
    key = f"postmortem:{copy.postmortem_id}:{copy.place}"
    kind = "postmortem_published" if copy.is_published else "postmortem_delivered"
    if copy.is_published:
        postmortem = tables.get(session, copy.postmortem_id)
        timeline.append_once(session, copy.incident_id, key, kind, now, postmortem.published_by)
    else:
        timeline.append_once(session, copy.incident_id, key, kind, now, user=copy.place)


def give_up(services: Services, given: Copy, reason: str) -> None:
    """Slack will not take it: the incident's timeline says so, and so does the message of the others."""
    with services.store.transaction() as session:
        copy = copies.get(session, given.number)
        copy.trouble = reason
        session.add(copy)
        facts = {"what": "deliver the post-mortem", "reason": reason}
        key = f"postmortem:{copy.postmortem_id}:{copy.place}:{copy.wanted_version}"
        timeline.append_once(session, copy.incident_id, key, "trouble", utcnow(), **facts)
        outbox.mark_stale(session, copy.incident_id, (kinds.POST_MORTEM,))


@step
def fill_canvas(services: Services, postmortem_id: int) -> None:
    """The incident's channel gets the draft as its canvas. Many plans refuse that; the files are there anyway."""
    now = utcnow()
    with services.store.transaction() as session:
        postmortem = tables.locked(session, postmortem_id)
        incident = incidents.by_number(session, postmortem.incident_id)
        if postmortem.is_preview or postmortem.canvas_at or incident.channel_id is None:
            return
        # Asked once at most: a second canvas cannot be told from one that people made.
        postmortem.canvas_at = now
        session.add(postmortem)
    try:
        canvas_id = services.slack.create_channel_canvas(incident.channel_id, content.canvas(services, postmortem))
    except (SlackRefused, TryLater):
        return
    with services.store.transaction() as session:
        tables.locked(session, postmortem_id).canvas_id = canvas_id


def deliver_soon(services: Services, postmortem_id: int) -> None:
    """Start bringing the newest version to whoever lacks it; asked again, nothing more happens."""
    with services.store.reading() as session:
        postmortem = tables.get(session, postmortem_id)
        holders = len(copies.of_postmortem(session, postmortem_id))
    key = f"postmortem:{postmortem_id}:{postmortem.version}:{holders}"
    services.flows.start_once(key, deliver_postmortem, PostMortemRequest(postmortem_id=postmortem_id))


def tick(services: Services, now: datetime) -> None:
    """What was not begun to be delivered because the process ended right after the change."""
    with services.store.reading() as session:
        undelivered = copies.undelivered(session)
    for postmortem_id in undelivered:
        deliver_soon(services, postmortem_id)
