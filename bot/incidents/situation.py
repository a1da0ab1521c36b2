"""The situation of an incident: impact, cause, actions under way, needs, with who recorded each and when. Pure."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.errors import WatchfloorError

# A line or two on a phone; also what may be typed into the form.
MAX_LENGTH = {"impact": 500, "title": 300}
MAX_LENGTH_OF_OTHERS = 300


class SituationField(StrEnum):
    """What the situation consists of. The title is here only to be translated."""

    IMPACT = "impact"
    CAUSE = "cause"
    ACTIONS = "actions"
    NEEDS = "needs"
    TITLE = "title"

    @property
    def max_length(self) -> int:
        """How many characters may be typed."""
        return MAX_LENGTH.get(self.value, MAX_LENGTH_OF_OTHERS)


class Certainty(StrEnum):
    """How sure one is of the cause."""

    UNKNOWN = "unknown"
    SUSPECTED = "suspected"
    KNOWN = "known"


RECORDED_FIELDS = (SituationField.IMPACT, SituationField.CAUSE, SituationField.ACTIONS, SituationField.NEEDS)
# Needs may be empty: then nothing is needed.
REQUIRED_FIELDS = (SituationField.IMPACT, SituationField.CAUSE, SituationField.ACTIONS)
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


class CertaintyMissing(WatchfloorError):
    """Choose “Suspected” or “Known” for this cause, or clear its text."""


class Value(Struct, frozen=True):
    """One field as it was recorded. Only the cause has a certainty; one that is not known yet has no text."""

    text: str
    by: str
    at: datetime
    certainty: str = ""


class Situation(Struct, frozen=True):
    """What is recorded now; None where nobody has recorded anything."""

    impact: Value | None = None
    cause: Value | None = None
    actions: Value | None = None
    needs: Value | None = None

    def value(self, field: SituationField) -> Value | None:
        """One of the fields; a title has no value of its own here."""
        return None if field == SituationField.TITLE else getattr(self, field.value)

    def text(self, field: SituationField) -> str:
        """The text of a field; empty when there is none."""
        value = self.value(field)
        return value.text if value else ""

    @property
    def certainty(self) -> str:
        """How sure one is of the cause; empty until somebody says so."""
        return self.cause.certainty if self.cause else ""

    @property
    def missing(self) -> list[SituationField]:
        """What nobody has recorded and updates need. A cause may be recorded as not known yet."""
        return [field for field in REQUIRED_FIELDS if not (self.text(field) or self._is_unknown_cause(field))]

    def _is_unknown_cause(self, field: SituationField) -> bool:
        return field == SituationField.CAUSE and self.certainty == Certainty.UNKNOWN


NOTHING_RECORDED = Situation()


def check_cause(text: str, certainty: str) -> None:
    """A cause that is known or suspected has a text, and a text has a certainty."""
    if certainty in (Certainty.SUSPECTED, Certainty.KNOWN) and not text:
        raise CauseMissing()
    if text and certainty not in (Certainty.SUSPECTED, Certainty.KNOWN):
        raise CertaintyMissing()
