"""The draft of a post-mortem, composed from the record: nothing is said that the record does not hold. Pure."""

import base64
from dataclasses import replace

from bot.postmortems import account, aftermath, figures, opening
from bot.postmortems.document import Document
from bot.postmortems.record import Record
from bot.postmortems.words import Words


def compose(record: Record, words: Words) -> Document:
    """The whole document in one language."""
    reached = figures.milestones(record, record.commander)
    return Document(
        title=words("title", number=record.number, title=record.title),
        notes=_notes(record, words),
        summary=opening.summary(record, reached, words),
        figures=opening.leading_figures(record, reached, words),
        sections=[
            opening.severity_section(record, words),
            opening.milestone_section(record, reached, words),
            opening.figures_section(record, reached, words),
            account.impact_section(record, words),
            account.communications_section(record, words),
            account.decisions_section(record, words),
            account.playbook_section(record, words),
            aftermath.prompts_section(record, words),
            aftermath.follow_ups_section(record, words),
            aftermath.similar_section(record, words),
            account.timeline_section(record, words),
            aftermath.people_section(record, words),
        ],
        links={entry.number: entry.url for entry in record.entries},
        language=words.language,
        picture_words=words("picture"),
    )


def illustrated(document: Document, picture: bytes) -> Document:
    """The document with a picture (PNG) in it; without one it stays as it is."""
    return replace(document, picture=base64.b64encode(picture).decode())


def _notes(record: Record, words: Words) -> list[str]:
    notes = [words("written", at=words.moment(record.written_at))]
    if record.is_preview:
        notes.append(words("is_preview"))
    if record.is_drill:
        notes.append(words("is_drill"))
    if record.is_private:
        notes.append(words("is_private"))
    return notes
