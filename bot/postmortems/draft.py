"""The draft of a post-mortem, composed from the record: nothing is said that the record does not hold. Pure."""

import base64
from dataclasses import replace

from bot.postmortems import account, aftermath, figures, opening
from bot.postmortems.document import Document
from bot.postmortems.record import Record
from bot.postmortems.words import Phrases


def compose(record: Record, phrases: Phrases) -> Document:
    """The whole document in one language."""
    milestones = figures.milestones(record, record.commander)
    return Document(
        title=phrases("title", number=record.number, title=record.title),
        notes=_notes(record, phrases),
        summary=opening.summary(record, milestones, phrases),
        figures=opening.leading_figures(record, milestones, phrases),
        sections=[
            opening.severity_section(record, phrases),
            opening.milestone_section(record, milestones, phrases),
            opening.figures_section(record, milestones, phrases),
            account.impact_section(record, phrases),
            account.communications_section(record, phrases),
            account.decisions_section(record, phrases),
            account.playbook_section(record, phrases),
            aftermath.prompts_section(record, phrases),
            aftermath.follow_ups_section(record, phrases),
            aftermath.similar_section(record, phrases),
            account.timeline_section(record, phrases),
            aftermath.people_section(record, phrases),
        ],
        links={entry.number: entry.url for entry in record.entries},
        language=phrases.language,
        picture_words=phrases("picture"),
    )


def with_picture(document: Document, picture: bytes) -> Document:
    """The document with a picture (PNG) in it; without one it stays as it is."""
    return replace(document, picture=base64.b64encode(picture).decode())


def _notes(record: Record, phrases: Phrases) -> list[str]:
    notes = [phrases("written", at=phrases.moment(record.written_at))]
    if record.is_preview:
        notes.append(phrases("is_preview"))
    if record.is_drill:
        notes.append(phrases("is_drill"))
    if record.is_private:
        notes.append(phrases("is_private"))
    return notes
