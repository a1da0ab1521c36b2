"""Decisions about cases: recorded here, and written to the work notes of sources that accept them."""

import logging
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.cases import tables
from bot.cases.tables import Case, CaseNote
from bot.cases.wording import translator_for
from bot.directory.lookup import display_names
from bot.errors import TryLater
from bot.incidents.facts import CASE_NOTES
from bot.incidents.registry import Registry
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.runtime.database import insert_new
from bot.services import Services
from bot.slack.text import mentioned_user_ids, one_line, to_plain_text
from bot.sources.port import CredentialsRefused, SourceRefused

log = logging.getLogger(__name__)

LINKED, UPDATE, ENDED = "linked", "update", "ended"
# Kinds of notes that a person wrote about one case.
BY_HAND = ("taken", "assigned", "note", "snoozed", "escalated")
# Kinds of notes about an incident; not written once it is private.
OF_INCIDENTS = (LINKED, UPDATE, ENDED)


def add(session: Session, services: Services, case: Case, note: CaseNote) -> bool:
    """Record a decision and enqueue it for the source; False if it was already recorded."""
    if not insert_new(session, note):
        return False
    if services.get(Registry).ask(CASE_NOTES)(services, case.source):
        key = f"case-note:{note.key}"
        outbox.enqueue(
            session, kinds.CASE_NOTE, key, note.at, payload={"note": note.number}, lane=f"case:{case.id}"
        )
    return True


def add_to_all(
    session: Session,
    services: Services,
    cases: Iterable[Case],
    kind: str,
    key: str,
    text: str,
    by: str,
    now: datetime,
) -> None:
    """Add the same note to several cases."""
    for case in cases:
        note = CaseNote(case_id=case.number, key=f"{key}:{case.number}", kind=kind, by=by, at=now, text=text)
        add(session, services, case, note)


def write(services: Services, row: OutboxRow) -> None:
    """Write one note to its source."""
    number = int((row.payload or {})["note"])
    with services.database.reading() as session:
        note = session.get_one(CaseNote, number)
        case = tables.case(session, note.case_id)
        if note.kind in OF_INCIDENTS and tables.has_private_incident(session, case.number):
            return  # it became private before this was written
    writer = services.get(Registry).ask(CASE_NOTES)(services, case.source)
    if writer is None or note.written_at is not None or note.refused_at is not None:
        return
    names = display_names(services, mentioned_user_ids(f"<@{note.by}> {note.text}"))
    author = names.get(note.by, note.by) if note.by else "Watchfloor"
    try:
        writer(case.external_id, f"{author}: {to_plain_text(note.text, names.get)}", note.key)
    except CredentialsRefused as refused:
        raise TryLater(refused.sentence) from refused
    except SourceRefused as refused:
        log.warning("a source refused a note", extra={"case": case.name, "reason": refused.sentence})
        _record_refusal(services, number, case)
        return
    with services.database.transaction() as session:
        sent_note = session.get_one(CaseNote, number)
        sent_note.written_at = utcnow()


def _record_refusal(services: Services, number: int, case: Case) -> None:
    """Leave the note here only, and tell the person who wrote it."""
    now = utcnow()
    with services.database.transaction() as session:
        note = session.get_one(CaseNote, number)
        note.refused_at = now
        if not note.by or note.kind not in BY_HAND:
            return
        translate = translator_for(session, services, note.by)
        text = translate(
            "{source} takes no notes on {name} any more, so yours is only here: {note}",
            source=one_line(case.source, 60),
            name=one_line(case.name, 60),
            note=one_line(note.text, 200),
        )
        outbox.post(session, f"case-note:{number}:refused", note.by, text, now)
