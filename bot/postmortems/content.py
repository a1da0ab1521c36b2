"""Contents of a post-mortem's files: written from the record, or uploaded by a person."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from bot.directory import administrators
from bot.postmortems import tables, versions
from bot.postmortems.document import Document
from bot.postmortems.draft import compose, with_pictures
from bot.postmortems.facts import chart_for, phrases_of, picture_for, read_record, write_document
from bot.postmortems.rendering import HTML, LEADERSHIP, MARKDOWN, NAMES, TEMPLATES, plain_markdown, render
from bot.postmortems.tables import PostMortem
from bot.runtime.clock import utcnow
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.text import shorten

KINDS = (MARKDOWN, HTML, LEADERSHIP, "uploaded")
# The limit of a canvas; the timeline of a long incident is in the files.
LONGEST_CANVAS = 90_000
LEFT_OUT_OF_CANVAS = ("timeline", "people")


class File(Struct, frozen=True):
    """A file to be uploaded."""

    kind: str
    name: str
    content: bytes


def files_of_version(services: Services, postmortem_id: int, version: int) -> Iterator[File]:
    """Yield the files of a version as they become ready: from one of the copies, or else from the record.

    Raises `SlackRefused` if a file that a person uploaded is no longer available.
    """
    with services.database.reading() as session:
        postmortem = tables.get(session, postmortem_id)
        uploads = versions.uploads_of_any_copy(session, postmortem_id, version)
        is_written = versions.get(session, postmortem_id, version).uploaded_file_id is None
    try:
        downloaded = [File(file.kind, file.name, services.slack.download(file.file_id)) for file in uploads]
    except SlackRefused:
        if not is_written:
            raise
        downloaded = []
    yield from downloaded or _write_files(services, postmortem)


def _write_files(services: Services, postmortem: PostMortem) -> Iterator[File]:
    now = utcnow()
    phrases = phrases_of(services)
    record = read_record(services, postmortem.incident_id, now, phrases, is_preview=postmortem.is_preview)
    pictures: list[bytes] = []

    def draw_pictures() -> None:
        pictures.extend([picture_for(services, record, now), chart_for(services, record, now)])

    # Drawing takes longest and is needed last.
    drawing = services.background.start(draw_pictures)
    document = compose(record, phrases)
    yield from _render_file(services, record.number, document, MARKDOWN)
    yield from _render_file(services, record.number, document, LEADERSHIP)
    drawing.result()
    yield from _render_file(services, record.number, with_pictures(document, *pictures), HTML)


def _render_file(services: Services, number: int, document: Document, kind: str) -> Iterator[File]:
    name = NAMES[kind].format(number=number)
    try:
        yield File(kind, name, render(services.templates, document, kind).encode())
    except TemplateBroken as broken:
        administrators.report_broken_template(services, TEMPLATES[kind], broken)
        if kind == MARKDOWN:
            yield File(kind, name, plain_markdown(document).encode())


def canvas_markdown(services: Services, postmortem: PostMortem) -> str:
    """Return the draft for the channel's canvas, without people and the timeline, which is the channel itself."""
    document = write_document(services, postmortem.incident_id, utcnow())
    sections = [section for section in document.sections if section.key not in LEFT_OUT_OF_CANVAS]
    shortened = replace(document, sections=sections)
    try:
        # A canvas does not support reference-style links.
        markdown = render(services.templates, shortened, MARKDOWN, is_inline=True)
    except TemplateBroken:
        markdown = plain_markdown(shortened)
    return shorten(markdown, LONGEST_CANVAS)
