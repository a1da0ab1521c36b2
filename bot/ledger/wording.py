"""Answers and messages about the ledger. Pure."""

from collections.abc import Sequence
from typing import Final

from bot.slack.text import escape

HELP = "`/incident ledger` credits and refunds: who is owed what, what was issued, what adds up"
FILE_MISSING = "Choose a file, CSV or xlsx."
# Files and lines.
FILE_TAKEN = "The file is being read. You get a direct message when it is done."
CHOOSE_WHAT_HAPPENED = "Choose what really happened to it."
# Releases and closing.
RELEASE_APPROVED = "Approved: it may be paid."
RELEASE_REFUSED = "Refused: none of it may be paid."
CLOSED = "The ledger is closed."
OPEN_ALREADY = "The ledger is open already."
REOPENED = "The ledger is open again."
WORKBOOK_REQUESTED = (
    "The workbook comes by direct message. It contains account numbers: keep it only where they are allowed."
)
ADDED_AS_EXCLUDED: Final = "Added as excluded: {reason}."
ACCOUNT_ADDED: Final = "Added: {amount} is pending in {cohort}."
LINE_CHANGED: Final = "{account} is {state} now."
SECOND_PERSON_NEEDED: Final = (
    "{amount} is above the limit, so somebody else has to approve it: the message is in the channel."
)
RELEASED: Final = "{amount} is released. The workbook has the accounts to pay."
# The text posted with the workbook.
WORKBOOK_SHARED: Final = (
    "The ledger of incident {number}. It contains account numbers: keep it only where they are allowed."
)
# The message when Slack refuses the workbook.
WORKBOOK_REFUSED: Final = "Slack did not let me send the ledger of incident {number}: {error}."


def approvers(permitted_names: Sequence[str]) -> str:
    """Who may approve a release, as the end of a sentence; nothing if anyone may."""
    if "anyone" in permitted_names:
        return ""
    return f": {escape(' or '.join(name.replace('_', ' ') for name in permitted_names))}"


def stayed(unchanged: int, other_amounts: int) -> str:
    """The remark on accounts of a file that were in the ledger before."""
    text = f" {unchanged} more {'was' if unchanged == 1 else 'were'} in it already and stayed as before"
    if not other_amounts:
        return f"{text}."
    return (
        f"{text}, {other_amounts} of them with another amount than in the file: to change an account's amount, "
        "exclude it with *Change a line* and add it again."
    )


def release_begun(cohort: str, currency: str) -> str:
    """The answer to a release of many accounts."""
    return (
        f"The release of {escape(cohort)}, {currency} has many accounts and is being prepared. Its message in the "
        "channel shows the progress, and whether somebody else has to approve it."
    )
