"""Delivers a post-mortem to everyone who is to have it: a message kept up to date, with the files in its thread.

Each copy that lacks the newest version gets it: the first is written from the record, later ones are uploaded by
people. The place of publication is a copy like the others. All steps are outbox rows: one row uploads the files for
every copy that lacks them; then one row per copy shares its files in the thread of its message.
"""

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot import outbox
from bot.errors import TryLater
from bot.incidents import incidents
from bot.outbox import kinds
from bot.outbox.kinds import Call, Context, Settled
from bot.outbox.tables import OutboxRow
from bot.postmortems import content, copies, review, tables, versions
from bot.postmortems.copies import Copy
from bot.postmortems.rules import State
from bot.postmortems.tables import PostMortem
from bot.postmortems.versions import Upload
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.messages import Posted
from bot.timeline import timeline

MESSAGE_SOON_S = 0.3
SHARED_ALREADY = "file_already_completed"


def deliver(session: Session, postmortem: PostMortem, now: datetime) -> None:
    """Enqueue the newest version for every copy that lacks it. The messages do not wait for the files."""
    lacking = copies.outdated_copies(session, postmortem.number)
    if not lacking:
        return
    for copy in lacking:
        show_again(session, copy, now)
    newest = max(copy.number for copy in lacking)
    key = f"{kinds.POST_MORTEM_UPLOAD}:{postmortem.number}:{postmortem.version}:{newest}"
    _enqueue(session, kinds.POST_MORTEM_UPLOAD, key, postmortem.incident_id, postmortem.number, now)
    if not postmortem.is_preview:
        _enqueue_canvas(session, postmortem, now)


def _enqueue_canvas(session: Session, postmortem: PostMortem, now: datetime) -> None:
    """Enqueue the channel's canvas, once for each version that the bot writes; people's files stay out of it."""
    if versions.get(session, postmortem.number, postmortem.version).uploaded_by:
        return
    # The lane keeps a delayed one from overwriting the next.
    number, lane = postmortem.incident_id, f"{kinds.CANVAS}:of:{postmortem.incident_id}"
    key = f"{kinds.CANVAS}:{postmortem.number}:{postmortem.version}"
    _enqueue(session, kinds.CANVAS, key, number, postmortem.number, now, priority=outbox.LAST, lane=lane)


def supersede(session: Session, postmortem: PostMortem) -> None:
    """Cancel the sharing of older versions that has not begun, because a newer one was uploaded.

    Copies that Slack refused get the newer one like the others.
    """
    for copy in copies.of_postmortem(session, postmortem.number):
        outbox.supersede(session, f"{kinds.POST_MORTEM_FILES}:{copy.number}:")
        start_over(session, copy)


def _enqueue(
    session: Session, kind: str, key: str, incident_id: int, subject: int, now: datetime, **facts: Any
) -> None:
    outbox.enqueue(session, kind, key, now, incident_id=incident_id, subject=str(subject), **facts)


def show_again(session: Session, copy: Copy, now: datetime) -> None:
    """Mark the incident's post-mortem messages as stale; add this copy's message if it has none."""
    subject = str(copy.number)
    if outbox.find(session, copy.incident_id, kinds.POST_MORTEM, subject) is None:
        # The checklist in it follows the incident.
        outbox.add(session, kinds.POST_MORTEM, copy.incident_id, now, subject, follows_incident=True)
    outbox.mark_stale(session, copy.incident_id, (kinds.POST_MORTEM,))


def upload(services: Services, row: OutboxRow) -> None:
    """Upload the files of the newest version. A repeated upload does no harm, as only shared files appear."""
    postmortem_id = int(row.subject)
    with services.database.reading() as session:
        outdated_copies = _without_files(session, postmortem_id)
    new_uploads = _upload_to_each(services, postmortem_id, outdated_copies) if outdated_copies else []
    with services.database.transaction() as session:
        tables.locked(session, postmortem_id)
        # Meanwhile a newer version may have arrived, or another process may have been faster.
        wanted_versions = {copy.number: copy.wanted_version for copy in _without_files(session, postmortem_id)}
        for new_upload in sorted(new_uploads, key=lambda each: content.KINDS.index(each.kind)):
            if wanted_versions.get(new_upload.copy_id) == new_upload.version:
                session.add(new_upload)
        for copy in copies.outdated_copies(session, postmortem_id):
            if _has_files(session, copy):
                key = f"{kinds.POST_MORTEM_FILES}:{copy.number}:{copy.wanted_version}"
                _enqueue(session, kinds.POST_MORTEM_FILES, key, copy.incident_id, copy.number, utcnow())


def _without_files(session: Session, postmortem_id: int) -> list[Copy]:
    return [copy for copy in copies.outdated_copies(session, postmortem_id) if not _has_files(session, copy)]


def _has_files(session: Session, copy: Copy) -> bool:
    return bool(versions.uploads(session, copy.number, copy.wanted_version))


def _upload_to_each(services: Services, postmortem_id: int, outdated_copies: Sequence[Copy]) -> list[Upload]:
    """Upload the files per copy, since Slack shows a file in one thread only; uploads overlap with writing."""
    uploaded: list[Upload] = []
    version = outdated_copies[0].wanted_version

    def send(copy: Copy, file: content.File) -> None:
        file_id = services.slack.upload(file.name, file.content)
        uploaded.append(
            Upload(copy_id=copy.number, version=version, kind=file.kind, name=file.name, file_id=file_id)
        )

    futures = [
        services.background.start(functools.partial(send, copy, file))
        for file in content.files_of_version(services, postmortem_id, version)
        for copy in outdated_copies
    ]
    for future in futures:
        future.result()
    return uploaded


def note_not_uploaded(settled: Settled, error: str) -> None:
    """Give up the copies without files: Slack refused an upload, or no longer has a person's file."""
    for copy in _without_files(settled.session, int(settled.row.subject)):
        _give_up(settled.session, copy, error)


def share_call(context: Context) -> Call:
    """Share the files of a copy in the thread of its message."""
    services, row, session = context.services, context.row, context.session
    copy = copies.get(session, int(row.subject))
    files = versions.uploads(session, copy.number, _version(row))
    message_row = outbox.find(session, copy.incident_id, kinds.POST_MORTEM, row.subject)

    def is_shared() -> bool:
        if message_row is None or message_row.channel_id is None:
            return False
        return services.slack.is_shared(files[0].file_id, message_row.channel_id)

    return Call(row.key, functools.partial(_share, services, _version(row), files, message_row), exists=is_shared)


def _version(row: OutboxRow) -> int:
    return int(row.key.rpartition(":")[2])


def _share(services: Services, version: int, files: Sequence[Upload], display: OutboxRow | None) -> None:
    if display is None or display.ts is None or display.channel_id is None:
        if display is not None and display.error:
            raise SlackRefused("chat.postMessage", display.error)
        raise TryLater("the message about a post-mortem is not there yet", wait_s=_message_soon_s(display))
    files_with_titles = [(file.file_id, file.name) for file in files]
    try:
        services.slack.share_files(files_with_titles, display.channel_id, f"Version {version}", display.ts)
    except SlackRefused as refused:
        if refused.error != SHARED_ALREADY:
            raise


def _message_soon_s(message_row: OutboxRow | None) -> float:
    """Return the wait for the message. It grows with the attempt's age, as unknown outcomes are checked late."""
    if message_row is None or message_row.attempted_at is None:
        return MESSAGE_SOON_S
    return max(MESSAGE_SOON_S, (utcnow() - message_row.attempted_at).total_seconds() / 2)


def note_shown(settled: Settled, posted: Posted | None) -> None:
    """Hurry the files of a copy once its message is posted, because they go into its thread.

    A copy that was given up because Slack refused its message is delivered after all.
    """
    session, row, now = settled.session, settled.row, utcnow()
    if row.ts is not None:
        return
    copy = copies.get(session, int(row.subject))
    if copy.trouble is None:
        outbox.hurry(session, copy.incident_id, kinds.POST_MORTEM_FILES, row.subject, now)
        return
    start_over(session, copy)
    deliver(session, tables.get(session, copy.postmortem_id), now)


def note_shared(settled: Settled, posted: Posted | None) -> None:
    """Record that a copy has a version, and redraw the messages that show it."""
    session, now = settled.session, utcnow()
    copy = copies.get(session, int(settled.row.subject))
    copy.shared_version = max(copy.shared_version, _version(settled.row))
    if copy.delivered_at is None:
        copy.delivered_at = now
        _record_delivery(session, copy, now)
    show_again(session, copy, now)


def _record_delivery(session: Session, copy: Copy, now: datetime) -> None:
    """Record that a person has the post-mortem, or that it is published: only now is it finished."""
    key = f"postmortem:{copy.postmortem_id}:{copy.place}"
    if not copy.is_published:
        timeline.append_once(session, copy.incident_id, key, "postmortem_delivered", now, user=copy.place)
        return
    postmortem = tables.locked(session, copy.postmortem_id)
    postmortem.state, postmortem.published_at, postmortem.remind_at = State.PUBLISHED.value, now, None
    by = postmortem.published_by
    timeline.append_once(session, copy.incident_id, key, "postmortem_published", now, by)


def note_not_shared(settled: Settled, error: str) -> None:
    """Give up a copy: the person cannot be messaged, or Slack refuses the files there."""
    _give_up(settled.session, copies.get(settled.session, int(settled.row.subject)), error)


def _give_up(session: Session, copy: Copy, reason: str) -> None:
    """Record why Slack refused a copy, for the incident's timeline and the messages of the other copies."""
    copy.trouble = reason
    facts = {"what": "deliver the post-mortem", "reason": reason}
    key = f"postmortem:{copy.postmortem_id}:{copy.place}:{copy.wanted_version}"
    timeline.append_once(session, copy.incident_id, key, "trouble", utcnow(), **facts)
    outbox.mark_stale(session, copy.incident_id, (kinds.POST_MORTEM,))


def fill_canvas(services: Services, row: OutboxRow) -> None:
    """Write the draft to the channel's canvas. Many Slack plans refuse this; the files exist anyway."""
    postmortem_id = int(row.subject)
    with services.database.reading() as session:
        postmortem = tables.get(session, postmortem_id)
        newest = tables.newest(session, postmortem.incident_id)
        channel_id = incidents.by_number(session, postmortem.incident_id).channel_id
    if channel_id is None or newest is None or newest.number != postmortem_id:
        return
    canvas_id = services.slack.write_channel_canvas(channel_id, content.canvas_markdown(services, postmortem))
    with services.database.transaction() as session:
        tables.locked(session, postmortem_id).canvas_id = canvas_id


def start_over(session: Session, copy: Copy) -> None:
    """Forget that Slack refused a copy, so that `deliver` tries again from the beginning, with new files."""
    if copy.trouble is None:
        return
    copy.trouble = None
    _forget_attempts(session, copy)


def _forget_attempts(session: Session, copy: Copy) -> None:
    versions.remove_unshared_uploads(session, copy)
    # The rows' keys would otherwise keep the same from being enqueued once more.
    for kind, subject in (
        (kinds.POST_MORTEM, copy.number),
        (kinds.POST_MORTEM_FILES, copy.number),
        (kinds.POST_MORTEM_UPLOAD, copy.postmortem_id),
    ):
        outbox.remove_untried(session, copy.incident_id, kind, str(subject))
    # It shows what Slack refuses.
    outbox.mark_stale(session, copy.incident_id, (kinds.CARD,))


def withdraw_refused_publication(session: Session, postmortem: PostMortem, now: datetime) -> None:
    """Remove the copy for a place that Slack refused, with its message. Raises `BeingPublished` if it may come."""
    for copy in copies.of_postmortem(session, postmortem.number):
        if not copy.is_published:
            continue
        message_row = outbox.find(session, copy.incident_id, kinds.POST_MORTEM, str(copy.number))
        if copy.trouble is None or (message_row and message_row.ts is None and message_row.attempted_at):
            raise review.BeingPublished()
        _forget_attempts(session, copy)
        if message_row and message_row.ts:
            payload = {"channel_id": message_row.channel_id, "ts": message_row.ts}
            outbox.enqueue(session, kinds.DELETION, f"delete:{message_row.key}", now, payload=payload)
            session.delete(message_row)
        session.delete(copy)
        session.flush()
