"""Answers and messages about playbooks and their steps. Pure."""

HELP = "`/incident playbook` what runs · `start NAME` · `propose`, `proposals` changes to playbooks"
# Playbooks.
NONE_RUNNING = "No playbook is running."
HOW_TO_START = "`/incident playbook start NAME`, `stop NAME` or `switch NAME` with one of these:"
# Reminders: why this person is reminded.
YOURS = "It is yours."
NOBODY_HAS_IT = "Nobody has it: do it or assign it."
REMINDED_ONCE = "Reminded once, still open."
REMINDED_TWICE = "Reminded twice, still open."
NO_COMMANDER = "There is no commander."
# Effects of a finished step.
CALLER_MESSAGE_OFF = "The caller message is recorded as off."
CALLER_MESSAGE_ON = "The caller message is recorded as on; its card in the channel asks for its wording and lines."
PRIVATE_NOT_SENT = "This incident is private, so the message was not sent."
EMPTY_NOT_SENT = "The message was left empty, so nothing was sent."


def due_and_open(steps: int) -> str:
    """The opening of a reminder of one or several steps."""
    return f"{'this is' if steps == 1 else 'these are'} due and open."


OTHER_BUTTONS = "The buttons of the others are in the playbook, at the top of this thread."


def nobody_leads(steps: int) -> str:
    """The first line of a reminder to people who are to name a commander."""
    return f"*Nobody leads:* {steps} {'step waits' if steps == 1 else 'steps wait'}."


def fits_better(title: str, summary: str) -> str:
    """The offer, in the channel, of a playbook that fits better."""
    return f"The playbook {title} fits this incident better now. {summary}"


def stopped_by_ending(title: str) -> str:
    """The offer in the channel of an incident that is open again after a close or a false alarm."""
    return f"No playbook is running since the incident ended. {title} starts from its first step."


def proposed(people: str) -> str:
    """The answer to a proposal."""
    return f"Proposed. {people} will decide; `/incident playbook proposals` lists all proposals."


def proposal_decided(state: str) -> str:
    """The answer to a decision."""
    return f"The proposal is {state}. Its author and the person who edits the file are told."


def running(title: str) -> str:
    """The answer to starting a playbook."""
    return f"The playbook “{title}” is running; its message is in the channel."


def stopped(title: str) -> str:
    """The answer to stopping a playbook."""
    return f"The playbook “{title}” is stopped; what was done in it stays on record."


def runs_instead(title: str) -> str:
    """The answer to switching playbooks."""
    return f"The playbook “{title}” runs instead; its message is in the channel."


def running_line(name: str, title: str) -> str:
    """A running playbook, as a line of the list."""
    return f"• `{name}` {title} is running"


def broken_line(file: str) -> str:
    """A broken file, as a line of the list."""
    return f"⚠️ {file} has a mistake; `watchfloor playbooks check` says where."


def step_done(number: int, title: str, effects: str) -> str:
    """The answer to finishing a step that had effects."""
    return f"Incident {number}: “{title}” is done. {effects}"


def step_open_again(title: str) -> str:
    """The answer to undoing a done step that had effects."""
    return f"“{title}” is open again. Messages, settings and invitations of the step are not taken back."


def reminders_over(title: str) -> str:
    """The answer if there is no reminder left to snooze."""
    return f"“{title}” has had all its reminders, so there is nothing to snooze."


def snoozed(title: str, minutes: int) -> str:
    """The answer to snoozing."""
    return f"“{title}” is snoozed for {minutes} minutes. Its due time stays."


def status_set(status: str) -> str:
    """An effect of a finished step."""
    return f"The status is {status} now."


def cadence_set(length: str) -> str:
    """An effect of a finished step."""
    return f"Updates are promised every {length} now."


def update_requested(channels: str) -> str:
    """An effect of a finished step."""
    return f"The update goes to {channels} now."


def invited(names: str) -> str:
    """An effect of a finished step."""
    return f"Invited into the channel: {names}."


def step_given(person: str, number: int, channel: str, title: str) -> str:
    """The message to the new owner of a step."""
    return f"<@{person}> gave you a step of incident {number} in {channel}: *{title}*"
