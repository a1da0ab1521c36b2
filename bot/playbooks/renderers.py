"""The message of a playbook run in the incident's channel."""

from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message
from bot.playbooks import views
from bot.playbooks.run_actions import known_playbooks
from bot.runtime.clock import utcnow


def _run(context: Context) -> Message:
    seen = context.snapshot.run(int(context.row.subject))
    known = known_playbooks(context.services).get(seen.run.playbook)
    newer_exists = known is not None and known.version != seen.run.version
    holders = context.snapshot.facts.roles
    return views.run_message(seen.run, seen.steps, utcnow(), newer_exists=newer_exists, holders=holders)


KINDS = (Kind(kinds.RUN, "keep the playbook's message up to date", _run),)
