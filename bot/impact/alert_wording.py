"""The lines about queues that fall below a limit of their service level. Pure."""

from datetime import datetime

from bot.impact.figure_wording import percent, queue_name
from bot.impact.rules.assessment import Goal
from bot.impact.rules.warnings import CRITICAL_SHARE, WARNING_SHARE, Alert
from bot.slack.text import near_time

WHAT_NEXT = "`/incident figures` shows what it costs, `/incident whatif` what would help."


def alert_line(queue: str, alert: Alert, level: float, goal: Goal) -> str:
    """The line about a queue that fell below a limit, or is back above it; each figure is a service level."""
    subject = f"*{queue_name(queue)}*: service level {percent(level)}"
    warning_limit, critical_limit = (percent(share * goal.target) for share in (WARNING_SHARE, CRITICAL_SHARE))
    goal_text = f"(goal {percent(goal.target)})"
    if alert == Alert.CRITICAL:
        return f"🔴 {subject}, below the critical limit of {critical_limit} for two intervals {goal_text}"
    if alert == Alert.WARNING:
        return f"🟠 {subject}, below the warning limit of {warning_limit} {goal_text}"
    return f"🟢 {subject}, back above the warning limit of {warning_limit} {goal_text}"


def with_interval(line: str, starts_at: datetime, now: datetime) -> str:
    """The line with the start of the interval that it is about."""
    return f"{line}, interval from {near_time(starts_at, now)}"
