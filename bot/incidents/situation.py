"""An incident's situation: impact, cause, actions under way and needs, each with its author and time. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.errors import WatchfloorError

# A line or two on a phone; also the limits of the form's inputs.
MAX_LENGTH = {"impact": 500, "title": 300}
MAX_LENGTH_OF_OTHERS = 300


class SituationField(StrEnum):
    """The fields of the situation. The title is here only to be translated."""

    IMPACT = "impact"
    CAUSE = "cause"
    ACTIONS = "actions"
    NEEDS = "needs"
    TITLE = "title"

    @property
    def max_length(self) -> int:
        """The most characters that may be typed."""
        return MAX_LENGTH.get(self.value, MAX_LENGTH_OF_OTHERS)


class Certainty(StrEnum):
    """The certainty of the cause."""

    UNKNOWN = "unknown"
    SUSPECTED = "suspected"
    KNOWN = "known"


RECORDED_FIELDS = (SituationField.IMPACT, SituationField.CAUSE, SituationField.ACTIONS, SituationField.NEEDS)
# Needs may be empty, which means that nothing is needed.
REQUIRED_FIELDS = (SituationField.IMPACT, SituationField.CAUSE, SituationField.ACTIONS)
# Saving the form untouched says that the cause is not known yet and that nothing is needed.
FIELDS_WITH_DEFAULT = (SituationField.CAUSE, SituationField.NEEDS)
FIELD_TITLES = {
    SituationField.IMPACT: "Impact",
    SituationField.CAUSE: "Cause",
    SituationField.ACTIONS: "Actions under way",
    SituationField.NEEDS: "Needs",
    SituationField.TITLE: "Title",
}
CERTAINTY_TITLES = {
    Certainty.UNKNOWN: "Not known yet",
    Certainty.SUSPECTED: "Suspected",
    Certainty.KNOWN: "Known",
}


class CauseMissing(WatchfloorError):
    """Describe the cause in a few words, or choose “Not known yet”."""


class ChangedMeanwhile(Exception):
    """Somebody else recorded other values since the form was opened; the author has to read them first."""

    def __init__(self, values: Mapping[SituationField, "Value"], newest_id: int) -> None:
        self.values = values
        self.newest_id = newest_id
        super().__init__(", ".join(values))


class CertaintyMissing(WatchfloorError):
    """Choose “Suspected” or “Known” for this cause, or clear its text."""


class Value(Struct, frozen=True):
    """One field as recorded. Only the cause has a certainty; a cause not known yet has no text."""

    text: str
    by: str
    at: datetime
    certainty: str = ""


class Situation(Struct, frozen=True):
    """The currently recorded values; None for a field with none."""

    impact: Value | None = None
    cause: Value | None = None
    actions: Value | None = None
    needs: Value | None = None

    def value(self, field: SituationField) -> Value | None:
        """The value of a field; None for the title, which has no value here."""
        return None if field == SituationField.TITLE else getattr(self, field.value)

    def text(self, field: SituationField) -> str:
        """The text of a field; empty if there is none."""
        value = self.value(field)
        return value.text if value else ""

    @property
    def certainty(self) -> str:
        """The certainty of the cause; empty until it is recorded."""
        return self.cause.certainty if self.cause else ""

    def form_value(self, field: SituationField) -> tuple[str, str]:
        """The text and the certainty with which the form opens; a cause with none recorded is not known yet."""
        certainty = (self.certainty or Certainty.UNKNOWN.value) if field == SituationField.CAUSE else ""
        return self.text(field), certainty

    @property
    def missing(self) -> list[SituationField]:
        """The fields that updates need and that are not recorded. A cause may be recorded as not known yet."""
        return [field for field in REQUIRED_FIELDS if not (self.text(field) or self._is_unknown_cause(field))]

    def _is_unknown_cause(self, field: SituationField) -> bool:
        return field == SituationField.CAUSE and self.certainty == Certainty.UNKNOWN


NOTHING_RECORDED = Situation()


def cause_certainty(text: str, chosen: str, shown: str, *, is_identified: bool) -> str:
    """The certainty that the author meant; a menu left at “Not known yet” says nothing about a cause typed now."""
    if text and chosen == shown == Certainty.UNKNOWN:
        return Certainty.KNOWN.value if is_identified else Certainty.SUSPECTED.value
    return chosen


def check_cause(text: str, certainty: str) -> None:
    """Refuse a known or suspected cause without a text, and a text without a certainty."""
    if certainty in (Certainty.SUSPECTED, Certainty.KNOWN) and not text:
        raise CauseMissing()
    if text and certainty not in (Certainty.SUSPECTED, Certainty.KNOWN):
        raise CertaintyMissing()
