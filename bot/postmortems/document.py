"""A post-mortem as data: sections of statements, each with its evidence. Templates define its look. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

from msgspec import Struct, field

# `fact` refers to timeline entries; `open` is unknown and names who would know; `prompt` is for people to answer;
# `note` explains the document itself.
Nature = Literal["fact", "open", "prompt", "note"]


class Statement(Struct, frozen=True):
    """A statement in plain text, with the numbers of the timeline entries it rests on."""

    text: str
    refs: tuple[int, ...] = ()
    nature: Nature = "fact"
    # A further address, such as the channel of an earlier incident.
    url: str = ""


class Lines(Struct, frozen=True):
    """A list of statements."""

    kind: ClassVar[str] = "lines"
    statements: Sequence[Statement]


class Table(Struct, frozen=True):
    """Rows of statements with a header."""

    kind: ClassVar[str] = "table"
    head: Sequence[str]
    rows: Sequence[Sequence[Statement]]


class Heading(Struct, frozen=True):
    """A heading inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


class Moment(Struct, frozen=True):
    """One line of the timeline."""

    number: int
    at: str
    text: str
    is_speech: bool = False
    is_marked: bool = False


class Day(Struct, frozen=True):
    """The part of the timeline for one day."""

    kind: ClassVar[str] = "day"
    title: str
    moments: Sequence[Moment]


Part = Lines | Table | Heading | Day


class Section(Struct, frozen=True):
    """A part of the document under its own heading; `key` names it in every language."""

    key: str
    title: str
    parts: Sequence[Part]
    # Part of the full record, which is collapsed below the main part.
    is_appendix: bool = False


class Figure(Struct, frozen=True):
    """A figure for the leadership page: its title, its definition and its value."""

    title: str
    definition: str
    value: Statement


class Document(Struct, frozen=True):
    """The whole post-mortem. `links` maps the number of an entry to its address in Slack."""

    title: str
    notes: Sequence[str]
    summary: Sequence[Statement]
    # For leadership: cause, customers, money, actions.
    leadership: Sequence[Section]
    figures: Sequence[Figure]
    sections: Sequence[Section]
    links: Mapping[int, str] = field(default_factory=dict)
    language: str = "en"
    picture: str = ""
    picture_words: str = ""
    # The chart of the contact centre's figures, shown with the impact.
    chart: str = ""
    chart_words: str = ""

    def section(self, key: str) -> Section:
        """Return the section with that key. Raises `KeyError`."""
        return {section.key: section for section in self.sections}[key]

    def statements(self) -> Iterator[Statement]:
        yield from self.summary
        for section in self.leadership:
            for part in section.parts:
                yield from statements_of(part)
        yield from (figure.value for figure in self.figures)
        for section in self.sections:
            for part in section.parts:
                yield from statements_of(part)


def statements_of(part: Part) -> Iterator[Statement]:
    if isinstance(part, Lines):
        yield from part.statements
    elif isinstance(part, Table):
        for row in part.rows:
            yield from row
