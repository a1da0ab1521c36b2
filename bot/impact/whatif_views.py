"""The answer to what-if: both models side by side, and the ways back to the target. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from bot.impact.rules.assessment import Goal
from bot.impact.rules.erlang import Unstable, Waiting
from bot.impact.rules.recovery import Recovery
from bot.impact.rules.whatif import Answer, Remedy
from bot.impact.views import Screen, moment
from bot.impact.wording import formula, length, number, percent, queue_name
from bot.slack.blocks import context, section
from bot.slack.text import clock_time, escape


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
    interval_s: int
    outage_min: float = 0.0
    recovery: Recovery | None = None


REMEDY_TEXTS = {
    "off-phone": "{agents} back from breaks and off-phone work (free, at once)",
    "flex": "{agents} flexed from another queue",
    "aht": "contacts {share} shorter: announce relief from handle-time and quality targets",
    "overtime": "{agents} on overtime",
    "overflow": "{share} of contacts overflowed to a partner",
    "message": "{share} of contacts fewer by a front-door message",
}


def whatif_screen(answer: WhatIf) -> Screen:
    """Both models side by side, the assumption in which they differ, and the ways back, cheapest first."""
    text = f"What if {answer.changes}"
    load, later = answer.before.load, answer.after.load
    facts = (
        f"{number(later.arrivals_per_s * answer.interval_s)} contacts in {answer.interval_s // 60} min, "
        f"AHT {length(later.aht_s)}, {later.agents} agents (now {load.agents})"
    )
    blocks = [
        section(f"🧮 *{escape(text)}* · {queue_name(answer.queue)}\n{facts}"),
        section("\n".join([*_model_lines(answer), _required(answer)])),
    ]
    if answer.outage_min:
        blocks.append(section(_recovery_text(answer)))
    if answer.remedies:
        lines = [f"{place}. {_remedy(way)}" for place, way in enumerate(answer.remedies, 1)]
        blocks.append(section("\n".join([f"*Back to {percent(answer.goal.target)}*, the cheapest first", *lines])))
    blocks.append(context(_assumptions(answer)))
    return text, blocks


def _model_lines(answer: WhatIf) -> list[str]:
    return [
        f"*Callers give up* (Erlang A): {_impatient(answer.before.impatient, answer)} → "
        f"*{_impatient(answer.after.impatient, answer)}*, {percent(answer.after.impatient.abandoned)} abandon",
        f"*Callers never give up* (Erlang C): {_patient(answer.before.patient)} → "
        f"*{_patient(answer.after.patient)}*",
    ]


def _impatient(waiting: Waiting, answer: WhatIf) -> str:
    level = waiting.service_level(answer.goal.formula)
    return f"{percent(level)} within {length(answer.goal.threshold_s)}, wait {length(waiting.asa_s)}"


def _patient(waiting: Waiting | Unstable) -> str:
    if isinstance(waiting, Unstable):
        growth = waiting.growth_per_s * 60
        return f"no stable answer: the queue grows by {number(growth, decimals=1)} contacts a minute"
    return f"{percent(waiting.answered_in)}, ASA {length(waiting.asa_s)}"


def _required(answer: WhatIf) -> str:
    by_a, by_c = answer.after.required_a, answer.after.required_c
    return f"Agents for {percent(answer.goal.target)}: {number(by_a)} (Erlang A), {number(by_c)} (Erlang C)"


def _remedy(way: Remedy) -> str:
    agents = f"{way.agents} agent{'s' if way.agents != 1 else ''}"
    return REMEDY_TEXTS[way.name].format(agents=agents, share=percent(way.share))


def _recovery_text(answer: WhatIf) -> str:
    minutes = answer.interval_s // 60
    assumed = f"if contacts keep coming as now and {answer.after.load.agents} agents are back"
    if answer.recovery is None:
        return "How long it takes to recover is not known."
    level, backlog = (
        f"{at * minutes} min after it began" if at is not None else "not within what is computed (12 h)"
        for at in (answer.recovery.service_level, answer.recovery.backlog)
    )
    return (
        f"*Nobody answers for {number(answer.outage_min)} min*\nService level back: {level}\n"
        f"Backlog back to usual: {backlog}\n({assumed}; to the interval of {minutes} min)"
    )


def _assumptions(answer: WhatIf) -> str:
    patience = length(answer.before.load.patience_s)
    difference_text = (
        f"The difference is the callers' patience: {patience} in Erlang A ({answer.patience_source}), endless in C."
    )
    return (
        f"{difference_text} Figures of the interval at {clock_time(moment(answer.at))}. "
        f"Service level: {formula(answer.goal)}."
    )
