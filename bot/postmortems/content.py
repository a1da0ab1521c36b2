"""What the files of a post-mortem hold: written from the record, or as somebody uploaded them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.directory import broken_templates
from bot.postmortems import tables, versions
from bot.postmortems.document import Document
from bot.postmortems.draft import compose, illustrated
from bot.postmortems.facts import language_of, picture_of, record_of, write
from bot.postmortems.rendering import HTML, LEADERSHIP, MARKDOWN, NAMES, TEMPLATES, bare, render
from bot.postmortems.tables import PostMortem
from bot.runtime.clock import utcnow
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.text import shorten

WRITTEN = 1
KINDS = (MARKDOWN, HTML, LEADERSHIP, "uploaded")
# The timeline of a long incident is in the files; a canvas takes no more than this.
LONGEST_CANVAS = 90_000
LEFT_OUT_OF_CANVAS = ("timeline", "people")


@dataclass(frozen=True)
class File:
    """A file to be uploaded."""

    kind: str
    name: str
    content: bytes


def files(services: Services, postmortem_id: int, version: int) -> Iterator[File]:
    """The files of a version, as soon as each is there: as one of the copies has them, else from the record.

    `SlackRefused` when what a person uploaded is not to be had any more.
    """
    with services.store.reading() as session:
        postmortem = tables.get(session, postmortem_id)
        known = versions.any_uploads(session, postmortem_id, version)
    try:
        kept = [File(file.kind, file.name, services.slack.download(file.file_id)) for file in known]
    except SlackRefused:
        if version != WRITTEN:
            raise
        kept = []
    yield from kept or _written(services, postmortem)


def _written(services: Services, postmortem: PostMortem) -> Iterator[File]:
    now = utcnow()
    words = language_of(services, now)
    record = record_of(services, postmortem.incident_id, now, words, is_preview=postmortem.is_preview)
    pictures: list[bytes] = []
    # Drawing takes longest, and is needed last.
    drawn = services.soon.beside(lambda: pictures.append(picture_of(services, record, now)))
    document = compose(record, words)
    yield from _file(services, record.number, document, MARKDOWN)
    yield from _file(services, record.number, document, LEADERSHIP)
    drawn.result()
    yield from _file(services, record.number, illustrated(document, pictures[0]), HTML)


def _file(services: Services, number: int, document: Document, kind: str) -> Iterator[File]:
    name = NAMES[kind].format(number=number)
    try:
        yield File(kind, name, render(services.templates, document, kind).encode())
    except TemplateBroken as broken:
        broken_templates.report(services, TEMPLATES[kind], broken)
        if kind == MARKDOWN:
            yield File(kind, name, bare(document).encode())


def canvas(services: Services, postmortem: PostMortem) -> str:
    """The draft for the channel's canvas: without the timeline, which the channel itself is."""
    document = write(services, postmortem.incident_id, utcnow())
    sections = [section for section in document.sections if section.key not in LEFT_OUT_OF_CANVAS]
    short = replace(document, sections=sections)
    try:
        # A canvas knows no addresses that stand elsewhere in it.
        drawn = render(services.templates, short, MARKDOWN, is_inline=True)
    except TemplateBroken:
        drawn = bare(short)
    return shorten(drawn, LONGEST_CANVAS)
