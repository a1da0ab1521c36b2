"""Errors whose text is a sentence for the person who gets it and says what to do next."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

Value = TypeVar("Value")


class WatchfloorError(Exception):
    """That did not work. Try again; if it keeps failing, ask the administrator to run `watchfloor doctor`."""

    # The same sentence in Spanish; if empty, everyone gets the English one.
    es: ClassVar[str] = ""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        self.sentence = " ".join((type(self).__doc__ or "").split()).format(**facts)
        super().__init__(self.sentence)

    def sentence_in(self, language: str) -> str:
        """The sentence in a language, or in English if it has no translation."""
        own = str(vars(type(self)).get(language) or "")
        return own.format(**self.facts_in(language)) if own else self.sentence

    def facts_in(self, language: str) -> dict[str, Any]:
        return self.facts


def require(value: Value | None, refusal: Callable[..., Exception], **facts: object) -> Value:
    """The value; raises the refusal, with these facts, if there is none."""
    if value is None:
        raise refusal(**facts)
    return value


class TryLater(Exception):
    """The work could not be done now: retry in `wait_s` seconds, or after a back-off if that is None."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        self.reason, self.wait_s = reason, wait_s
        super().__init__(reason)
