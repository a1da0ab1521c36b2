"""What the doctor says: a sentence on what is, and for what is missing a sentence on what to do."""

from enum import StrEnum

from msgspec import Struct


class Mark(StrEnum):
    """How a finding begins."""

    WELL = "✓"
    NOTE = "·"
    MISSING = "✗"


class Finding(Struct, frozen=True):
    """One line of the report, or two."""

    mark: Mark
    sentence: str
    remedy: str = ""

    @property
    def is_missing(self) -> bool:
        """Must something be done?"""
        return self.mark is Mark.MISSING

    def __str__(self) -> str:
        return f"{self.mark} {self.sentence}" + (f"\n    {self.remedy}" if self.remedy else "")


def ok(text: str) -> Finding:
    """As it should be."""
    return Finding(Mark.WELL, text)


def note(text: str, remedy: str = "") -> Finding:
    """Good to know; nothing is missing."""
    return Finding(Mark.NOTE, text, remedy)


def missing(text: str, remedy: str) -> Finding:
    """Something has to be done."""
    return Finding(Mark.MISSING, text, remedy)
