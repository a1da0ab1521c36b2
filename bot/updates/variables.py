"""What a template of an update is given: one documented, tested set of variables. Pure."""

from typing import Any

FOLDER = "stakeholder_update"

# Longer than a message of Slack's by far, and short enough that a template gone wild is seen at once.
LONGEST_UPDATE = 12_000
# What fits on a phone beside the rest.
TITLE = 120
IMPACT = 400
LINE = 240
NEWS = 2_500
CHANGE = 140
STEP = 80
# How many of each are listed on their line.
LISTED = 4
STEPS_LISTED = 6

ALL, BODY = "all", "body"

# The facts of an incident in its plainest state: what the doctor and the tests try every template with.
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
    "started": "09:00 UTC",
    "lasting": "1 min",
    "next_update": "",
    "next_when": "",
    "missed": 0,
    "occasion": "clock",
    "audience": "Operations",
}


def template_of(folder: str, language: str) -> str:
    """The name of an audience's template in one language."""
    return f"{FOLDER}/{folder}/{language}.j2"
