"""Composes the draft of a post-mortem from the record, stating nothing that the record does not hold. Pure."""

import base64
from collections.abc import Mapping

from msgspec.structs import replace

from bot.postmortems import closing_sections, figures, record_sections, summary_sections
from bot.postmortems.document import Document, Section
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import Milestone, Record


def compose(record: Record, phrases: Phrases) -> Document:
    """Return the whole document in one language."""
    milestones = figures.milestones(record, record.commander_role or record.commander)
    return Document(
        title=phrases("title", number=record.number, title=record.title),
        notes=_notes(record, phrases),
        summary=summary_sections.summary(record, milestones, phrases),
        leadership=summary_sections.leadership(record, phrases),
        figures=summary_sections.leading_figures(record, milestones, phrases),
        sections=[
            record_sections.impact_section(record, phrases),
            record_sections.moments_section(record, milestones, phrases),
            record_sections.decisions_section(record, phrases),
            closing_sections.prompts_section(record, phrases),
            closing_sections.follow_ups_section(record, phrases),
            *(replace(section, is_appendix=True) for section in _appendix(record, milestones, phrases)),
        ],
        links={entry.number: entry.url for entry in record.entries},
        language=phrases.language,
        picture_words=phrases("picture"),
        chart_words=phrases("chart"),
    )


def _appendix(record: Record, milestones: Mapping[str, Milestone], phrases: Phrases) -> list[Section]:
    """Return the sections of the full record, for readers who want every detail."""
    return [
        summary_sections.severity_section(record, phrases),
        summary_sections.milestone_section(record, milestones, phrases),
        summary_sections.figures_section(record, milestones, phrases),
        *record_sections.interval_sections(record, phrases),
        record_sections.communications_section(record, phrases),
        record_sections.playbook_section(record, phrases),
        closing_sections.similar_section(record, phrases),
        record_sections.timeline_section(record, phrases),
        closing_sections.people_section(record, phrases),
    ]


def with_pictures(document: Document, picture: bytes, chart: bytes = b"") -> Document:
    """Return the document with the timeline's picture and the figures' chart, both PNG; either may be empty."""
    return replace(document, picture=base64.b64encode(picture).decode(), chart=base64.b64encode(chart).decode())


def _notes(record: Record, phrases: Phrases) -> list[str]:
    times = phrases("times_utc" if phrases.zone == "UTC" else "times_local")
    notes = [phrases("written", at=phrases.moment(record.written_at), times=times)]
    if record.is_preview:
        notes.append(phrases("is_preview"))
    if record.is_drill:
        notes.append(phrases("is_drill"))
    if record.is_private:
        notes.append(phrases("is_private"))
    return notes
