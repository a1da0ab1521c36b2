"""Records a file uploaded in the thread of a post-mortem's message as its next version."""

from sqlmodel import Session

from bot import outbox
from bot.incidents.parse import Payload
from bot.outbox import kinds
from bot.postmortems import copies, tables, versions, wording
from bot.postmortems.copies import Copy
from bot.postmortems.delivery import deliver, supersede
from bot.postmortems.rules import State
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.files import LARGEST_FILE
from bot.slack.text import escape, shorten
from bot.timeline import timeline

DOCUMENTS = ("md", "markdown", "html", "htm", "txt", "docx", "odt", "pdf")
LONGEST_NAME = 120
SHARES = (None, "file_share")


def record_upload(services: Services, event: Payload) -> None:
    """Record the first document of a message in such a thread; messages without files are ignored."""
    if event.get("channel_type") != "im" or event.get("subtype") not in SHARES:
        return
    if not event.get("files") or not event.get("thread_ts"):
        return
    if event.get("user") == services.slack.user_id():
        return
    with services.database.reading() as session:
        display = outbox.at(session, kinds.POST_MORTEM, event["channel"], event["thread_ts"])
    if display is None:
        return
    with services.database.transaction() as session:
        copy = copies.get(session, int(display.subject))
        _record_document(session, copy, event)


def _record_document(session: Session, copy: Copy, event: Payload) -> None:
    file = next((file for file in event["files"] if _is_document(file)), None)
    postmortem = tables.locked(session, copy.postmortem_id)
    if not copies.with_readers(session, [copy]):
        _reply(session, copy, event, tables.NoSuchPostMortem().sentence)
    elif file is None:
        _reply(session, copy, event, wording.NOT_A_DOCUMENT.format(kinds=", ".join(DOCUMENTS)))
    elif file.get("size", 0) > LARGEST_FILE:
        _reply(session, copy, event, wording.FILE_TOO_LARGE)
    elif postmortem.state in (State.PREVIEW, State.PUT_ASIDE):
        _reply(session, copy, event, wording.NO_VERSION.format(state=postmortem.state))
    else:
        now = utcnow()
        name = shorten(escape(str(file.get("name") or "file")), LONGEST_NAME)
        if versions.add(session, postmortem, copy, file["id"], name, event["user"], now):
            facts = {"version": postmortem.version}
            timeline.append(session, copy.incident_id, "postmortem_version", now, event["user"], **facts)
            outbox.mark_stale(session, copy.incident_id, (kinds.POST_MORTEM,))
            supersede(session, postmortem)
            deliver(session, postmortem, now)


def _is_document(file: Payload) -> bool:
    return str(file.get("name", "")).rpartition(".")[2].lower() in DOCUMENTS


def _reply(session: Session, copy: Copy, event: Payload, text: str) -> None:
    key = f"postmortem-upload:{event['channel']}:{event['ts']}"
    outbox.post(
        session, key, event["channel"], text, utcnow(), incident_id=copy.incident_id, thread_ts=event["thread_ts"]
    )
