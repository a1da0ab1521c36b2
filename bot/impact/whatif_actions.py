"""What-if for an incident's queue, with its own figures."""

from datetime import datetime, timedelta

from bot.errors import WatchfloorError
from bot.impact import interval_tables, wording
from bot.impact.actions import queues_of
from bot.impact.forms import whatif_form
from bot.impact.rules.assessment import QueueFacts
from bot.impact.rules.erlang import Load, patience
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.recovery import Recovery, Span, recovery
from bot.impact.rules.whatif import Lever, answer, changed, outage_minutes, remedies
from bot.impact.whatif_views import WhatIf, whatif_screen
from bot.incidents.access import visible_incident
from bot.services import Services
from bot.slack.blocks import Block, Message
from bot.slack.text import listed, one_line

LOOKS_BACK = timedelta(hours=26)
RECOVERS_WITHIN_S = 12 * 3600
LEAST_ABANDONS = 20
QUEUES_NAMED = 10


class NoQueues(WatchfloorError):
    """There are no figures to compute with yet. `/incident figures add` takes contacts, handle time and agents."""


class WhichQueue(WatchfloorError):
    """Please name the queue: `/incident whatif {example}: {change}`. Queues with figures: {names}."""


class NotEnoughKnown(WatchfloorError):
    """I don't know {missing} of {queue} for any interval of the last day. `/incident figures add` takes them."""


def whatif(
    services: Services, number: int, queue: int | str, levers: list[Lever], typed: str, by: str, now: datetime
) -> Message:
    """The answer for one queue, from its last interval with offered contacts, handle time and agents."""
    incident = visible_incident(services, number, by)
    with services.database.reading() as session:
        chosen_queue = choose(queues_of(session, services, incident, now), queue, typed)
        span = (int((now - LOOKS_BACK).timestamp()), int(now.timestamp()) + 1)
        intervals = interval_tables.intervals_between(session, [chosen_queue.id], span)
    latest = _latest(intervals, chosen_queue)
    patience_s, source = _patience(intervals, chosen_queue)
    load = _load(latest, chosen_queue, patience_s)
    changed_load = changed(load, levers, latest.interval_s)
    goal, minutes = chosen_queue.goal, outage_minutes(levers)
    after = answer(changed_load, goal.target, goal.formula)
    return whatif_screen(
        WhatIf(
            queue=chosen_queue.label,
            goal=goal,
            changes=" ".join(typed.split()),
            before=answer(load, goal.target, goal.formula),
            after=after,
            remedies=remedies(after, goal.target, goal.formula),
            patience_source=source,
            at=latest.starts_at,
            now=now,
            interval_s=latest.interval_s,
            outage_min=minutes,
            recovery=_recovery(changed_load, chosen_queue, latest.interval_s, minutes) if minutes else None,
        )
    )


def form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form for several changes at once."""
    incident = visible_incident(services, number, by)
    with services.database.reading() as session:
        queues = queues_of(session, services, incident, now)
        span = (int((now - LOOKS_BACK).timestamp()), int(now.timestamp()) + 1)
        current = set(interval_tables.queues_between(session, *span, reader=number))
    if not queues:
        raise NoQueues()
    # The first is preselected; one with old figures only has no answer.
    return whatif_form(number, sorted(queues, key=lambda queue: queue.id not in current))


def choose(queues: list[QueueFacts], wanted: int | str, change: str) -> QueueFacts:
    """The queue with that number or name, or the only one if none was typed."""
    if not queues:
        raise NoQueues()
    typed_name = str(wanted).strip().casefold()
    exact = [queue for queue in queues if wanted == queue.id] or [
        queue for queue in queues if typed_name in (queue.name.casefold(), queue.label.casefold())
    ]
    matches = exact or [queue for queue in queues if typed_name and typed_name in queue.label.casefold()]
    candidates = matches if typed_name else queues
    if len(candidates) != 1:
        names = listed([one_line(queue.label, 40) for queue in queues], QUEUES_NAMED)
        raise WhichQueue(example=one_line(queues[0].name, 40), change=one_line(change, 60), names=names)
    return candidates[0]


def _latest(intervals: list[QueueInterval], queue: QueueFacts) -> QueueInterval:
    """The last interval with everything that the models need; rather one that was over when it was reported."""
    for interval in sorted(intervals, key=lambda each: (each.is_over, each.starts_at), reverse=True):
        figures = interval.figures
        if figures.offered and figures.aht_s and figures.agents:
            return interval
    missing = [
        title
        for title, name in (("the contacts", "offered"), ("the handle time", "aht_s"), ("the agents", "agents"))
        if not any(getattr(interval.figures, name) for interval in intervals)
    ]
    *first, last = missing or ["all three together"]
    missing_text = f"{', '.join(first)} and {last}" if first else last
    raise NotEnoughKnown(queue=one_line(queue.label, 60), missing=missing_text)


def _patience(intervals: list[QueueInterval], queue: QueueFacts) -> tuple[float, str]:
    """The callers' patience: from the queue's own figures if enough of them gave up, else as configured."""
    answered = waited_s = abandoned = abandon_waited_s = 0.0
    for interval in intervals:
        figures = interval.figures
        inputs = (figures.answered, figures.asa_s, figures.abandoned, figures.abandon_wait_s)
        if None not in inputs:
            answered += figures.answered or 0
            waited_s += (figures.answered or 0) * (figures.asa_s or 0)
            abandoned += figures.abandoned or 0
            abandon_waited_s += (figures.abandoned or 0) * (figures.abandon_wait_s or 0)
    if abandoned >= LEAST_ABANDONS and answered:
        patience_s = patience(answered, waited_s / answered, abandoned, abandon_waited_s / abandoned)
        if patience_s:
            return patience_s, wording.PATIENCE_OF_QUEUE
    return queue.goal.patience_s, wording.PATIENCE_CONFIGURED


def _load(interval: QueueInterval, queue: QueueFacts, patience_s: float) -> Load:
    figures = interval.figures
    return Load(
        (figures.offered or 0) / interval.passed_s,
        figures.aht_s or 0,
        int(figures.agents or 0),
        queue.goal.threshold_s,
        patience_s,
    )


def _recovery(load: Load, queue: QueueFacts, interval_s: int, minutes: float) -> Recovery:
    """The recovery after `minutes` without any agent; the intervals of the outage come first."""
    outage_intervals = -(-int(minutes * 60) // interval_s)
    usual_span = Span(load.arrivals_per_s, load.aht_s, load.agents)
    spans = [Span(load.arrivals_per_s, load.aht_s, 0)] * outage_intervals
    spans += [usual_span] * max(1, (RECOVERS_WITHIN_S // interval_s) - outage_intervals)
    return recovery(
        spans,
        0,
        interval_s=interval_s,
        threshold_s=load.threshold_s,
        patience_s=load.patience_s,
        target=queue.goal.target,
        after=outage_intervals,
    )
