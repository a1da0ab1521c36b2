"""Similar cases as they are proposed: what they share, since when, how many customers, examples. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.cases import ids
from bot.cases.clusters import DECLARING, DISMISSED, INCIDENT, Cluster
from bot.cases.tables import Case
from bot.slack.blocks import Block, actions, button, context, field, modal, section, text_input
from bot.slack.text import format_duration, listed, mention, near_time, one_line

EXAMPLES = 4
LONGEST_TITLE = 120


def title_of(cluster: Cluster, cases: Sequence[Case]) -> str:
    """What an incident of these cases would be called."""
    if cluster.traits:
        named = ", ".join(value for _, value in cluster.traits)
        about = f"{named}: {', '.join(cluster.terms)}" if cluster.terms else named
        return f"{len(cases)} similar cases: {about}"[:LONGEST_TITLE]
    example = cases[0].title if cases else ""
    return f"{len(cases)} similar cases: {example or ', '.join(cluster.terms)}"[:LONGEST_TITLE]


def proposal(cluster: Cluster, cases: Sequence[Case], now: datetime) -> tuple[str, list[Block]]:
    """The message, with its buttons while nobody has decided."""
    customers = list(dict.fromkeys(case.customer for case in cases if case.customer))
    within = format_duration(cluster.last_at - cluster.first_at)
    headline = f"*{len(cases)} similar cases* of {len(customers)} customers within {within}"
    usual = f"about {cluster.expected:.1f}" if cluster.expected >= 0.05 else "hardly any"
    facts = [
        *(f"{name}: {one_line(value, 80)}" for name, value in cluster.traits),
        *([f"in common: {one_line(', '.join(cluster.terms), 150)}"] if cluster.terms else []),
        f"first seen {near_time(cluster.first_at, now)}",
        f"usual in {format_duration_of(cluster.window_s)}: {usual}",
    ]
    examples = listed([f"• {example(case)}" for case in cases], EXAMPLES, "\n")
    blocks = [section(f"🧩 {headline}\n{' · '.join(facts)}\n{examples}"), *_decision(cluster, now)]
    return f"{len(cases)} similar cases of {len(customers)} customers", blocks


def format_duration_of(seconds: int) -> str:
    """The length of a window."""
    return f"{seconds // 60} min" if seconds < 3_600 else f"{seconds // 3_600} h"


def example(case: Case) -> str:
    """A case in a line."""
    parts = [case.name, case.priority, case.title, case.customer]
    return one_line(" · ".join(part for part in parts if part), 160)


def _decision(cluster: Cluster, now: datetime) -> list[Block]:
    when = near_time(cluster.decided_at, now) if cluster.decided_at else ""
    if cluster.state == INCIDENT:
        return [context(f"It is incident {cluster.incident_id}, said {mention(cluster.by)} {when}.")]
    if cluster.state == DECLARING:
        return [context(f"{mention(cluster.by)} declares an incident {when}.")]
    if cluster.state == DISMISSED:
        return [context(f"Not related, said {mention(cluster.by)} {when}: {one_line(cluster.reason, 200)}")]
    value = str(cluster.number)
    buttons = [
        button("Declare incident…", ids.DECLARE, value, style="primary"),
        button("It is an open incident…", ids.IS_INCIDENT, value),
        button("Not related…", ids.NOT_RELATED, value),
    ]
    return [actions(buttons)]


def not_related_form(number: int) -> Block:
    """Why they have nothing to do with each other."""
    why = field(
        "Why", ids.REASON, text_input(ids.REASON, longest=500), hint="Cases like these are proposed less often."
    )
    return modal(
        "Not related", [why], callback_id=ids.NOT_RELATED_FORM, submit="Save", private_metadata=str(number)
    )
