"""The documented, tested set of variables that update templates get. Pure."""

from typing import Any

from bot.config.floor import UPDATES as FOLDER

# Far longer than a Slack message, yet short enough to catch a runaway template at once.
LONGEST_UPDATE = 12_000
# Character limits, so that an update fits on a phone screen.
TITLE = 120
IMPACT = 400
LINE = 240
NEWS = 2_500
CHANGE = 140
STEP = 80
# Maximum items listed per line.
LISTED = 4
STEPS_LISTED = 6

ALL, BODY = "all", "body"

# Facts of an incident in its simplest state; the doctor and the tests render every template with them.
EXAMPLE: dict[str, Any] = {
    "number": 1,
    "title": "IVR down",
    "severity": "S1",
    "emoji": "🟠",
    "type": "Telephony or IVR",
    "places": "",
    "status": "investigating",
    "is_over": False,
    "impact": "",
    "figures": "",
    "queue_figures": "",
    "money": [],
    "callers_hear": "",
    "cause": "",
    "certainty": "",
    "cause_before": "",
    "actions": "",
    "needs": "",
    "taken": [],
    "resolution": "",
    "follow_ups": [],
    "part": ALL,
    "is_edited": False,
    "news": "",
    "new_fields": [],
    "changes": [],
    "done": [],
    "more_done": 0,
    "said": [],
    "unchanged_since": "",
    "is_short": False,
    "last_update": "",
    "lead": "",
    "channel": "",
    "bridge": "",
    "began": "",
    "started": "09:00 UTC",
    "lasting": "1 min",
    "next_update": "",
    "next_when": "",
    "instead_of": "",
    "open_again": False,
    "missed": 0,
    "occasion": "clock",
    "audience": "Operations",
}


def template_of(folder: str, language: str) -> str:
    """The name of an audience's template in one language."""
    return f"{FOLDER}/{folder}/{language}.j2"
