"""The picture of a timeline as PNG, drawn by a process of its own: what drawing needs is never held here."""

import json
import subprocess
import sys

from bot.errors import TryLater
from bot.timeline.lanes import Picture
from bot.timeline.wording import ENGLISH, LANGUAGES

RENDER_TIMEOUT_S = 60
LANES = ("severity", "status", "people", "updates", "milestones")


def render_picture(picture: Picture) -> bytes:
    """The picture. `TryLater` when it could not be drawn in time."""
    phrases = LANGUAGES.get(picture.language, ENGLISH).small
    labels = {lane: phrases[f"lane {lane}"] for lane in LANES}
    labels["more"] = phrases["more people"].format(count=picture.more_people)
    payload = json.dumps(picture.as_json() | {"words": labels}, default=str)
    command = [sys.executable, "-m", "bot.timeline.render_png"]
    try:
        result = subprocess.run(  # noqa: S603 - our own module; what people typed goes in as data
            command,
            input=payload.encode("utf-8", "replace"),
            capture_output=True,
            timeout=RENDER_TIMEOUT_S,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, OSError) as failure:
        raise TryLater(f"the picture could not be drawn: {type(failure).__name__}") from failure
    return result.stdout
