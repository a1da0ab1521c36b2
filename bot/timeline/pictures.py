"""Renders a timeline as PNG in a separate process, so that the bot never holds the drawing libraries."""

import json

from bot.timeline.lanes import Picture
from bot.timeline.renderer import Renderer
from bot.timeline.wording import ENGLISH, LANGUAGES

LANES = ("severity", "status", "people", "updates", "milestones")

_renderer = Renderer()


def render_picture(picture: Picture) -> bytes:
    """Return the picture as PNG. Raises `TryLater` if it could not be drawn in time."""
    phrases = LANGUAGES.get(picture.language, ENGLISH).small
    labels = {lane: phrases[f"lane {lane}"] for lane in LANES}
    labels["more"] = phrases["more people"].format(count=picture.more_people)
    payload = json.dumps(picture.as_json() | {"words": labels}, default=str)
    return _renderer.render(payload.encode("utf-8", "replace"))
