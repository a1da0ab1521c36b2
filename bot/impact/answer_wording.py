"""Answers and notices about figures. Pure."""

from collections.abc import Sequence

HELP = (
    "`/incident figures` what the queues did and what it cost, `add` an interval, `chart` · `/incident whatif "
    "agents -6` service level with fewer agents"
)
CHART_REQUESTED = "The chart is being drawn and will be posted in the incident's channel."
FILE_DISCARDED = "Discarded; nothing of it counts."
# The source of the callers' patience.
PATIENCE_OF_QUEUE = "from this queue's waits and abandons"
PATIENCE_CONFIGURED = "as configured"


def not_readable(reason: str) -> str:
    """The error shown beside a figure's field."""
    return f"{reason}. Type a number such as 120, or a time such as 5:12."


def not_whole(typed: str) -> str:
    """Why a number of contacts is refused."""
    return f"{typed} is not a whole number"


def interval_kept(queue: str, at: str, figures: Sequence[str]) -> str:
    """The answer to a typed interval; it repeats the figures as they were understood."""
    return f"Kept: {queue} at {at}: {', '.join(figures)}. `/incident figures` shows what it means."


def other_files(columns: Sequence[str]) -> str:
    """By which columns files without figures are recognised, for a file that is none of them."""
    return f"Other files are recognised by {', '.join(columns)}."


def chart_shared(person: str) -> str:
    """The message posted with the chart."""
    return f"The figures as a chart, requested by {person}."


def chart_refused(number: int, error: str) -> str:
    """The notice when Slack refuses the chart."""
    return f"Slack did not let me show the chart of incident {number}: {error}."
