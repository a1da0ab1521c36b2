"""The lines about queues that fall below a limit of their service level. Pure."""

from datetime import datetime

from bot.impact.rules.assessment import Goal
from bot.impact.wording import percent, queue_name
from bot.slack.text import clock_time

WHAT_NEXT = "`/incident figures` shows what it costs, `/incident whatif` what would help."


def alert_line(queue: str, alert: str, level: float, goal: Goal) -> str:
    """The line about a queue that fell below a limit, or is back above it."""
    level_text, target = percent(level), percent(goal.target)
    name = f"*{queue_name(queue)}*"
    if alert == "critical":
        return f"🔴 {name}: service level {level_text}, under 60 % of the goal ({target}) for two intervals"
    if alert == "warning":
        return f"🟠 {name}: service level {level_text}, under 80 % of the goal ({target})"
    return f"🟢 {name}: service level {level_text}, back above 80 % of the goal ({target})"


def with_interval(line: str, starts_at: datetime) -> str:
    """The line with the start of the interval that it is about."""
    return f"{line}, interval from {clock_time(starts_at)}"
