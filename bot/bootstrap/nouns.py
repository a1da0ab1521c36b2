"""The nouns, in order, and the registry of what each contributes.

A noun imports its modules inside `register`, so that importing only its tables does not load its listeners.
"""

from bot import (
    alarms,
    alerts,
    cases,
    changes,
    channels,
    escalation,
    feeds,
    followups,
    frontdoor,
    handovers,
    impact,
    incidents,
    ledger,
    lockouts,
    partners,
    playbooks,
    postmortems,
    reports,
    screens,
    shifts,
    subscriptions,
    updates,
    webhooks,
)
from bot.incidents.registry import Registry, Tick
from bot.outbox.worker import Worker
from bot.screens import incident_list, postmortem, records, timeline

# Event handlers are called, and due work is looked for, in this order: updates go first because they are promised
# to the minute.
NOUNS = (
    incidents,
    updates,
    escalation,
    partners,
    handovers,
    shifts,
    playbooks,
    channels,
    subscriptions,
    followups,
    impact,
    frontdoor,
    ledger,
    lockouts,
    changes,
    cases,
    postmortems,
    reports,
    feeds,
    alerts,
    webhooks,
    alarms,
    screens,
    incident_list,
    timeline,
    records,
    postmortem,
)


def build_registry() -> Registry:
    """Return a registry of what every noun contributes."""
    registry = Registry()
    for noun in NOUNS:
        noun.register(registry)
    registry.ticks.append(Tick("outbox", lambda services, now: services.get(Worker).tick(now)))
    return registry
