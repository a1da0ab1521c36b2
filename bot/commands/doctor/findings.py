"""The doctor's findings: a sentence on the state, and a remedy if something is missing."""

from enum import StrEnum

from msgspec import Struct


class Mark(StrEnum):
    """The sign at the start of a finding."""

    WELL = "✓"
    NOTE = "·"
    MISSING = "✗"


class Finding(Struct, frozen=True):
    """One finding of the report, in one or two lines."""

    mark: Mark
    sentence: str
    remedy: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether something must be done."""
        return self.mark is Mark.MISSING

    def __str__(self) -> str:
        return f"{self.mark} {self.sentence}" + (f"\n    {self.remedy}" if self.remedy else "")


def ok(text: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(Mark.WELL, text)


def note(text: str, remedy: str = "") -> Finding:
    """Return a finding that is good to know; nothing is missing."""
    return Finding(Mark.NOTE, text, remedy)


def missing(text: str, remedy: str) -> Finding:
    """Return a finding that something must be done."""
    return Finding(Mark.MISSING, text, remedy)
