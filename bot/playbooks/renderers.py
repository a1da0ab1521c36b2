"""The message of a playbook run in the incident's channel."""

from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind
from bot.playbooks import views
from bot.playbooks.run_actions import known_playbooks
from bot.runtime.clock import utcnow
from bot.slack.blocks import Message


def _run(context: Context) -> Message:
    run_and_steps = context.snapshot.run(int(context.row.subject))
    current_playbook = known_playbooks(context.services).get(run_and_steps.run.playbook)
    newer_exists = current_playbook is not None and current_playbook.version != run_and_steps.run.version
    holders = context.snapshot.facts.roles
    return views.run_message(
        run_and_steps.run, run_and_steps.steps, utcnow(), newer_exists=newer_exists, holders=holders
    )


KINDS = (Kind(kinds.RUN, "keep the playbook's message up to date", _run),)
