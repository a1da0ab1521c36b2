"""The answer to what-if: both models side by side, and the ways back to the target. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.impact.figure_wording import formula, length, number, percent, queue_name
from bot.impact.rules.assessment import Goal
from bot.impact.rules.erlang import Unstable, Waiting
from bot.impact.rules.recovery import Recovery
from bot.impact.rules.whatif import Answer, Remedy
from bot.impact.views import moment
from bot.slack.blocks import Message, context, section
from bot.slack.text import escape, format_duration, near_time


class WhatIf(Struct, frozen=True):
    """A queue as it is and as it would be."""

    queue: str
    goal: Goal
    changes: str
    before: Answer
    after: Answer
    remedies: Sequence[Remedy]
    patience_source: str
    at: int
    now: datetime
    interval_s: int
    outage_min: float = 0.0
    recovery: Recovery | None = None


REMEDY_TEXTS = {
    "off-phone": "{agents} back from breaks and off-phone work (free, at once)",
    "flex": "{agents} flexed from another queue",
    "aht": "contacts {share} shorter: ask only what cannot wait, write notes later",
    "overtime": "{agents} on overtime",
    "overflow": "{share} of contacts overflowed to a partner",
    "message": "{share} of contacts fewer by a front-door message",
}


def whatif_screen(whatif: WhatIf) -> Message:
    """Both models side by side, the assumption in which they differ, and the ways back, cheapest first."""
    text = f"What if {whatif.changes}"
    load, load_after = whatif.before.load, whatif.after.load
    contacts, contacts_after = (number(each.arrivals_per_s * whatif.interval_s) for each in (load, load_after))
    facts = (
        f"{_changed(contacts, contacts_after, f' contacts in {whatif.interval_s // 60} min')}, "
        f"AHT {_changed(length(load.aht_s), length(load_after.aht_s))}, "
        f"{_changed(str(load.agents), str(load_after.agents), ' agents')}"
    )
    blocks = [
        section(f"🧮 *{escape(text)}* · {queue_name(whatif.queue)}\n{facts}"),
        section("\n".join([*_model_lines(whatif), _required(whatif)])),
    ]
    if whatif.outage_min:
        blocks.append(section(_recovery_text(whatif)))
    if whatif.remedies:
        lines = [f"{rank}. {_remedy(remedy)}" for rank, remedy in enumerate(whatif.remedies, 1)]
        blocks.append(section("\n".join([f"*Back to {percent(whatif.goal.target)}*, the cheapest first", *lines])))
    blocks.append(context(_assumptions(whatif)))
    return text, blocks


def _changed(before: str, after: str, unit: str = "") -> str:
    return f"{after}{unit}" if before == after else f"{after}{unit} (now {before})"


def _model_lines(whatif: WhatIf) -> list[str]:
    return [
        f"*Callers give up* (Erlang A): {_impatient(whatif.before.impatient, whatif)} → "
        f"*{_impatient(whatif.after.impatient, whatif)}*, {percent(whatif.after.impatient.abandoned)} abandon",
        f"*Callers never give up* (Erlang C): {_patient(whatif.before.patient)} → "
        f"*{_patient(whatif.after.patient)}*",
    ]


def _impatient(waiting: Waiting, whatif: WhatIf) -> str:
    level = waiting.service_level(whatif.goal.formula)
    return f"{percent(level)} within {length(whatif.goal.threshold_s)}, wait {length(waiting.asa_s)}"


def _patient(waiting: Waiting | Unstable) -> str:
    if isinstance(waiting, Unstable):
        growth = waiting.growth_per_s * 60
        return f"no stable answer: the queue grows by {number(growth, decimals=1)} contacts a minute"
    return f"{percent(waiting.answered_in)}, ASA {length(waiting.asa_s)}"


def _required(whatif: WhatIf) -> str:
    by_a, by_c = whatif.after.required_a, whatif.after.required_c
    return f"Agents for {percent(whatif.goal.target)}: {number(by_a)} (Erlang A), {number(by_c)} (Erlang C)"


def _remedy(remedy: Remedy) -> str:
    agents = f"{remedy.agents} agent{'s' if remedy.agents != 1 else ''}"
    return REMEDY_TEXTS[remedy.name].format(agents=agents, share=percent(remedy.share))


def _recovery_text(whatif: WhatIf) -> str:
    minutes = whatif.interval_s // 60
    assumption = f"if contacts keep coming as now and {whatif.after.load.agents} agents are back"
    if whatif.recovery is None:
        return "How long it takes to recover is not known."
    level, backlog = (
        f"{_length(index * minutes)} after it began" if index is not None else "not within what is computed (12 h)"
        for index in (whatif.recovery.service_level, whatif.recovery.backlog)
    )
    return (
        f"*Nobody answers for {_length(whatif.outage_min)}*\nService level back: {level}\n"
        f"Backlog back to usual: {backlog}\n({assumption}; to the interval of {minutes} min)"
    )


def _length(minutes: float) -> str:
    return format_duration(timedelta(minutes=minutes))


def _assumptions(whatif: WhatIf) -> str:
    patience = length(whatif.before.load.patience_s)
    difference_text = (
        f"The difference is the callers' patience: {patience} in Erlang A ({whatif.patience_source}), endless in C."
    )
    return (
        f"{difference_text} Figures of the interval at {near_time(moment(whatif.at), whatif.now)}. "
        f"Service level: {formula(whatif.goal)}."
    )
