"""The body of a request, in which reading a missing field raises an error with a sentence for the user."""

import json
from collections.abc import Mapping
from typing import Any

from bot.errors import WatchfloorError
from bot.runtime.json_text import has_lone_surrogates, write_json

SURROGATES = ("utf-16", "surrogatepass")


class PieceMissing(WatchfloorError):
    """Slack left something out, so I could not do that. Please open it again and try once more."""


class Received(dict[str, Any]):
    """An object of a request. Some fields come only with some kinds of requests; reading a missing one fails."""

    def __missing__(self, key: str) -> Any:
        raise PieceMissing()


def received(body: Mapping[str, Any]) -> Received:
    """The same body, with a replacement character for each lone surrogate.

    Neither databases nor files accept lone surrogates.
    """
    text: str | bytes = write_json(body)
    if has_lone_surrogates(body):
        text = json.dumps(body, ensure_ascii=False).encode(*SURROGATES).decode("utf-16", "replace")
    return Received(json.loads(text, object_hook=Received))
