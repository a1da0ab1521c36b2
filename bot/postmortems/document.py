"""A post-mortem as data: sections of statements, each with its evidence. How it looks is up to templates. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

from msgspec import Struct, field

# `fact` points at entries of the timeline; `open` is unknown and says who would know; `prompt` is left for people;
# `note` explains the document itself.
Nature = Literal["fact", "open", "prompt", "note"]


class Statement(Struct, frozen=True):
    """Something that is said, in plain text, and the numbers of the timeline entries it rests on."""

    text: str
    refs: tuple[int, ...] = ()
    nature: Nature = "fact"
    # An address besides the evidence, such as the channel of an earlier incident.
    url: str = ""


class Lines(Struct, frozen=True):
    """Statements below each other."""

    kind: ClassVar[str] = "lines"
    statements: Sequence[Statement]


class Table(Struct, frozen=True):
    """Rows of statements under a head."""

    kind: ClassVar[str] = "table"
    head: Sequence[str]
    rows: Sequence[Sequence[Statement]]


class Heading(Struct, frozen=True):
    """A heading inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


class Moment(Struct, frozen=True):
    """A line of the timeline."""

    number: int
    at: str
    text: str
    is_speech: bool = False
    is_marked: bool = False


class Day(Struct, frozen=True):
    """The part of the timeline that fell on one day."""

    kind: ClassVar[str] = "day"
    title: str
    moments: Sequence[Moment]


Part = Lines | Table | Heading | Day


class Section(Struct, frozen=True):
    """A part of the document under its own heading; `key` names it in every language."""

    key: str
    title: str
    parts: Sequence[Part]
    # Part of the full record, which folds behind what everybody reads.
    is_appendix: bool = False


class Figure(Struct, frozen=True):
    """A number for the leadership page: what it is, what it is counted from, how much it is."""

    title: str
    definition: str
    value: Statement


class Document(Struct, frozen=True):
    """The whole post-mortem. `links` leads from the number of an entry to where it can be read in Slack."""

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
    # Of the contact centre's figures; it stands with the impact.
    chart: str = ""
    chart_words: str = ""

    def section(self, key: str) -> Section:
        """The section of that key; `KeyError` when there is none."""
        return {section.key: section for section in self.sections}[key]

    def statements(self) -> Iterator[Statement]:
        """Everything that is stated, wherever it stands."""
        yield from self.summary
        for section in self.leadership:
            for part in section.parts:
                yield from statements_of(part)
        yield from (figure.value for figure in self.figures)
        for section in self.sections:
            for part in section.parts:
                yield from statements_of(part)


def statements_of(part: Part) -> Iterator[Statement]:
    """The statements of a part."""
    if isinstance(part, Lines):
        yield from part.statements
    elif isinstance(part, Table):
        for row in part.rows:
            yield from row
