"""What an incident cost, on the screen of its figures. Pure."""

from bot.impact.figure_wording import number, recoveries
from bot.impact.rules.assessment import Assessment
from bot.impact.rules.figures import Amount
from bot.impact.rules.losses import Losses
from bot.slack.text import escape


def cost_text(assessment: Assessment) -> str:
    """The cost, one line a kind; kinds of which nothing is known are left out."""
    cost, lines = assessment.whole.losses, []
    if parts_text := _parts_lost(cost, assessment.whole.since.abandoned.value):
        lines.append(parts_text)
    if cost.late.known:
        lines.append(f"Short of the goal, answered too late or not at all: {number(cost.late.amount)}")
    if cost.excess_wait_min.known:
        lines.append(f"Waiting beyond the usual: {number(max(0, cost.excess_wait_min.amount))} min")
    if cost.excess_handle_h.known:
        lines.append(f"Handling beyond the plan: {number(max(0, cost.excess_handle_h.amount), decimals=1)} h")
    if assessment.points_lost is not None:
        lines.append(f"Points of the day's service level lost: {number(assessment.points_lost, decimals=1)}")
    if queues := recoveries(assessment):
        lines.append(f"Service level back at the goal after: {escape(queues)}")
    return "\n".join(lines)


def _parts_lost(cost: Losses, abandoned: Amount) -> str:
    """The contacts lost with their parts; only the known parts, and no sum, if one of them is not known."""
    parts = []
    if cost.suppressed.known:
        returned_text = f" − {number(cost.returned)} came back" if cost.returned else ""
        parts.append(f"{number(cost.suppressed.amount)} did not come{returned_text}")
    if cost.gave_up is not None:
        parts.append(f"{number(cost.gave_up)} gave up beyond the usual")
    if cost.contacts_lost is not None:
        return f"Contacts lost: about *{number(cost.contacts_lost)}* = {' + '.join(parts)} (upper bound)"
    if cost.gave_up is None and abandoned is not None:
        parts.append(f"{number(abandoned)} gave up; the usual number is not known")
    elif parts:
        missing = "gave up" if cost.suppressed.known else "were to come"
        parts.append(f"how many {missing} is not known")
    return f"Contacts lost, without a total: {'; '.join(parts)}" if parts else ""
