"""`/incident playbook` and `/incident steps`: parse, act, answer."""

from bot.incidents.access import incident_number_here
from bot.incidents.parse import SlashCommand, page_number
from bot.incidents.responses import CommandResponse, Response
from bot.playbooks import proposals, run_actions, step_screens
from bot.runtime.clock import utcnow
from bot.services import Services

SUBCOMMANDS = {
    "start": run_actions.start_manually,
    "stop": run_actions.stop,
    "switch": run_actions.switch,
}


def playbook(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident playbook`, `start NAME`, `stop NAME`, `switch NAME`, `propose`, `proposals`: show what runs;
    start, stop or switch a playbook, or propose a change to one."""
    word, _, name = command.argument.partition(" ")
    if word.lower() == "proposals":
        return proposals.listing(services, command.user_id)
    if word.lower() == "propose":
        return proposals.form(services, command.user_id, name.strip())
    number = incident_number_here(services, command)
    subcommand = SUBCOMMANDS.get(word.lower())
    if subcommand and name:
        return subcommand(services, number, name.strip().lower(), command.user_id, utcnow())
    return run_actions.list_playbooks(services, number)


def my_steps(services: Services, command: SlashCommand) -> Response:
    """`/incident steps`, `/incident steps 2`: list your open playbook steps in all incidents."""
    return step_screens.steps_of_person(services, command.user_id, page_number(command.argument))
