"""What a template of an update is given: one documented, tested set of variables. Pure."""

from typing import Any

FOLDER = "stakeholder_update"

# Longer than a message of Slack's by far, and short enough that a template gone wild is seen at once.
LONGEST_UPDATE = 12_000
TITLE = 200
IMPACT = 800
NEWS = 6_000
CHANGE = 300
CHANGES_TOLD = 6
STEPS_TOLD = 3

# The facts of an incident in its plainest state: what the doctor and the tests try every template with.
EXAMPLE: dict[str, Any] = {
    "number": 1,
    "title": "IVR down",
    "severity": "S1",
    "emoji": "🟠",
    "meaning": "Many queues or sites, service level collapsing",
    "type": "Telephony or IVR",
    "places": "",
    "status": "investigating",
    "is_over": False,
    "impact": "",
    "doing": [],
    "news": "",
    "changes": [],
    "more_changes": 0,
    "unchanged_since": "",
    "last_update": "",
    "lead": "",
    "channel": "",
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
