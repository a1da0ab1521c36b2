"""The body of a request, in which a piece that is missing is said in a sentence when it is read."""

import json
from collections.abc import Mapping
from typing import Any

from bot.errors import WatchfloorError

SURROGATES = ("utf-16", "surrogatepass")


class PieceMissing(WatchfloorError):
    """Slack left something out, so I could not do that. Please open it again and try once more."""


class Received(dict[str, Any]):
    """An object of a request. Some pieces come with some kinds of requests only: to read a missing one refuses."""

    def __missing__(self, key: str) -> Any:
        raise PieceMissing()


def received(body: Mapping[str, Any]) -> Received:
    """The same, with a sign for each half of a pair of surrogates whose other half is missing.

    No database and no file takes such a half.
    """
    text = json.dumps(body, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode(*SURROGATES).decode("utf-16", "replace")
    return Received(json.loads(text, object_hook=Received))
