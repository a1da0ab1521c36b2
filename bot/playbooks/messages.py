"""Messages posted by steps: plain text in which `{word}` stands for a fact or an answer."""

import re
from collections.abc import Mapping

FACTS = {
    "number": "the incident's number",
    "title": "the incident's title",
    "severity": "S0 to S4",
    "status": "the incident's status, such as investigating",
    "type": "the incident's type, as the floor calls it",
    "sites": "the sites affected",
    "partners": "the partners affected",
    "commander": "the commander's name",
    "started": "when it was declared, in UTC; each reader sees it in their own zone",
    "lasting": "how long it has lasted",
    "next_update": "when the next update is promised",
}
UNKNOWN = "not known yet"
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
PLACEHOLDER_REMOVED = "\n"
SINGLE_BRACE = re.compile(r"\{[^{}\n]{0,20}|\}")


def placeholders_in(message: str) -> list[str]:
    """The words in braces, in order of appearance."""
    return [placeholder.strip() for placeholder in PLACEHOLDER.findall(message)]


def single_braces_in(message: str) -> list[str]:
    """Each brace that belongs to no placeholder, an opening one with the text after it."""
    return SINGLE_BRACE.findall(PLACEHOLDER.sub(PLACEHOLDER_REMOVED, message))


def fill(message: str, values: Mapping[str, str]) -> str:
    """The message with its placeholders replaced; missing values read "not known yet".

    Values are inserted once and unchanged: escape them first; braces inside them are not expanded.
    """
    return PLACEHOLDER.sub(lambda match: values.get(match[1].strip()) or UNKNOWN, message)
