"""Proposals of similar cases: what they share, since when, how many customers, examples.

Pure; `translate` renders the reader's language.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.cases import ids
from bot.cases.clusters import DECLARING, DISMISSED, INCIDENT, Cluster
from bot.cases.tables import Case
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.phrases import Translator
from bot.slack.text import format_duration, mention, near_time, one_line

EXAMPLES = 4
DECIDED = {
    INCIDENT: "It is incident {number}, said {person} {when}.",
    DECLARING: "{person} declares an incident {when}.",
    DISMISSED: "Not related, said {person} {when}: {why}",
}
PRIVATE = "It is an incident, said {person} {when}."
LONGEST_TITLE = 120
# Fewer than this are shown as "hardly any".
LEAST_EXPECTED = 0.05


def title_of(cluster: Cluster, cases: Sequence[Case], translate: Translator) -> str:
    """The group in a few words, shown as an example where the incident's title is typed."""
    count = translate("{count} similar cases", count=len(cases))
    if cluster.traits:
        trait_values = ", ".join(value for _, value in cluster.traits)
        subject = f"{trait_values}: {', '.join(cluster.terms)}" if cluster.terms else trait_values
        return f"{count}: {subject}"[:LONGEST_TITLE]
    example = cases[0].title if cases else ""
    return f"{count}: {example or ', '.join(cluster.terms)}"[:LONGEST_TITLE]


def proposal(
    cluster: Cluster, cases: Sequence[Case], translate: Translator, now: datetime, *, is_private: bool = False
) -> Message:
    """The proposal, with buttons until somebody has decided; the number of a private incident is not shown."""
    customers = len({case.customer for case in cases if case.customer})
    length = translate(format_duration(cluster.last_at - cluster.first_at))
    facts = [
        *(f"{translate(name)}: {one_line(value, 80)}" for name, value in cluster.traits),
        *(
            [translate("in common: {terms}", terms=one_line(", ".join(cluster.terms), 150))]
            if cluster.terms
            else []
        ),
        translate("first seen {when}", when=near_time(cluster.first_at, now)),
        translate(
            "usual in {window}: {count}",
            window=format_duration_of(cluster.window_s),
            count=_usual_count(cluster, translate),
        ),
    ]
    headline = translate(
        "*{count} similar cases* of {customers} customers within {length}",
        count=len(cases),
        customers=customers,
        length=length,
    )
    examples = examples_of(cases, EXAMPLES, translate, "• ")
    blocks = [
        section(f"🧩 {headline}\n{' · '.join(facts)}\n{examples}"),
        *_decision_blocks(cluster, translate, now, is_private=is_private),
    ]
    return translate(
        "{count} similar cases of {customers} customers", count=len(cases), customers=customers
    ), blocks


def _usual_count(cluster: Cluster, translate: Translator) -> str:
    if cluster.expected < LEAST_EXPECTED:
        return translate("hardly any")
    return translate("about {count}", count=decimal(cluster.expected, translate))


def decimal(number: float, translate: Translator) -> str:
    """The number with one decimal place."""
    number_text = f"{number:.1f}"
    return number_text.replace(".", ",") if translate.language == "es" else number_text


def examples_of(cases: Sequence[Case], most: int, translate: Translator, bullet: str = "") -> str:
    """The first cases, one per line, and how many more there are."""
    shown_cases = cases if len(cases) <= most else cases[: most - 1]
    lines = [f"{bullet}{example(case)}" for case in shown_cases]
    more = len(cases) - len(shown_cases)
    return "\n".join([*lines, *([translate("and {count} more", count=more)] if more else [])])


def format_duration_of(seconds: int) -> str:
    """The length of a window."""
    return f"{seconds // 60} min" if seconds < 3_600 else f"{seconds // 3_600} h"


def example(case: Case) -> str:
    parts = [case.name, case.priority, case.title, case.customer]
    return one_line(" · ".join(part for part in parts if part), 160)


def _decision_blocks(cluster: Cluster, translate: Translator, now: datetime, *, is_private: bool) -> list[Block]:
    facts = {
        "when": near_time(cluster.decided_at, now) if cluster.decided_at else "",
        "person": mention(cluster.by),
        "number": cluster.incident_id,
        "why": one_line(cluster.reason, 200),
    }
    if cluster.state in DECIDED:
        return [context(translate(PRIVATE if is_private else DECIDED[cluster.state], **facts))]
    value = str(cluster.number)
    buttons = [
        button(translate("Declare incident…"), ids.DECLARE, value, style="primary"),
        button(translate("It is an open incident…"), ids.IS_INCIDENT, value),
        button(translate("Not related…"), ids.NOT_RELATED, value),
    ]
    return [actions(buttons)]
