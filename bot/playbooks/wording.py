"""Answers and messages about playbooks and their steps. Pure."""

from typing import Final

HELP = "`/incident playbook` what runs · `start NAME` · `propose`, `proposals` changes to playbooks"
# Playbooks.
NONE_RUNNING = "No playbook is running."
HOW_TO_START = (
    "`/incident playbook stop NAME` ends one that is running, `start NAME` or `switch NAME` begins one of these:"
)
RUNNING: Final = "The playbook “{title}” is running; its message is in the channel."
STOPPED: Final = "The playbook “{title}” is stopped; what was done in it stays on record."
RUNS_INSTEAD: Final = "The playbook “{title}” runs instead; its message is in the channel."
RUNNING_LINE: Final = "• `{name}` {title} is running"
BROKEN_LINE: Final = "⚠️ {file} has a mistake; `watchfloor playbooks check` says where."
# The offer, in the channel, of a playbook that fits better.
FITS_BETTER: Final = "The playbook {title} fits this incident better now. {summary}"
# The offer in the channel of an incident that is open again after a close or a false alarm.
STOPPED_BY_ENDING: Final = "No playbook is running since the incident ended. {title} starts from its first step."
PROPOSED: Final = "Proposed. {people} will decide; `/incident playbook proposals` lists all proposals."
PROPOSAL_DECIDED: Final = "The proposal is {state}. Its author and the person who edits the file are told."
# Reminders: why this person is reminded.
YOURS = "It is yours."
NOBODY_HAS_IT = "Nobody has it: do it or assign it."
REMINDED_ONCE = "Reminded once, still open."
REMINDED_TWICE = "Reminded twice, still open."
REMINDERS_OVER: Final = "“{title}” has had all its reminders, so there is nothing to snooze."
SNOOZED: Final = "“{title}” is snoozed for {minutes} minutes. Its due time stays."
NO_COMMANDER = "There is no commander."
# Effects of a finished step.
CALLER_MESSAGE_OFF = "The caller message is recorded as off."
CALLER_MESSAGE_ON = "The caller message is recorded as on; its card in the channel asks for its wording and lines."
PRIVATE_NOT_SENT = "This incident is private, so the message was not sent."
EMPTY_NOT_SENT = "The message was left empty, so nothing was sent."
STATUS_SET: Final = "The status is {status} now."
CADENCE_SET: Final = "Updates are promised every {length} now."
UPDATE_REQUESTED: Final = "The update goes to {channels} now."
INVITED: Final = "Invited into the channel: {names}."
# Steps.
STEP_DONE: Final = "Incident {number}: “{title}” is done. {effects}"
STEP_OPEN_AGAIN: Final = (
    "“{title}” is open again. Messages, settings and invitations of the step are not taken back."
)
# The message to the new owner of a step.
STEP_GIVEN: Final = "<@{person}> gave you a step of incident {number} in {channel}: *{title}*"


def due_and_open(steps: int) -> str:
    """The opening of a reminder of one or several steps."""
    return f"{'this is' if steps == 1 else 'these are'} due and open."


OTHER_BUTTONS = "The buttons of the others are in the playbook, at the top of this thread."


def nobody_leads(steps: int) -> str:
    """The first line of a reminder to people who are to name a commander."""
    return f"*Nobody leads:* {steps} {'step waits' if steps == 1 else 'steps wait'}."
