"""Listeners for the buttons of the control panel and of help, and the read-only commands: parse, show."""

from itertools import groupby

from slack_bolt import App

from bot.incidents import ids, listening
from bot.incidents.access import incident_number_here
from bot.incidents.home import incident_panel, start_screen
from bot.incidents.parse import SlashCommand
from bot.incidents.registry import Registry
from bot.incidents.responses import Response
from bot.incidents.tables import NoIncidentHere
from bot.runtime.clock import utcnow
from bot.screens import catch_up
from bot.screens.answer_wording import HELP_HEADINGS
from bot.services import Services
from bot.slack.blocks import Message, paragraphs


def register(app: App, services: Services) -> None:
    """Register the listeners for the buttons that open the control panel and the summary for latecomers."""
    listening.on_click(app, services, ids.PANEL, incident_panel)
    listening.on_click(app, services, ids.CATCH_UP, catch_up.screen)
    listening.on_action(app, services, ids.HELP, lambda body: help_screen(services))


def show_catch_up(services: Services, command: SlashCommand) -> Response:
    """`/incident catchup`: read what has happened so far, in ten lines."""
    number = incident_number_here(services, command)
    return catch_up.screen(services, number, command.user_id, utcnow())


def panel_or_start(services: Services, command: SlashCommand) -> Response:
    """`/incident`: show the control panel in an incident's channel, and elsewhere what is open and how to begin."""
    try:
        number = incident_number_here(services, command)
    except NoIncidentHere:
        return start_screen(services, command.user_id)
    return incident_panel(services, number, command.user_id, utcnow())


def show_help(services: Services, command: SlashCommand) -> Response:
    """`/incident help`, `/incident help page`: list every command, a line or two for each group; or say what one
    does."""
    registry = services.get(Registry)
    name = command.argument.lower()
    if name and name in registry.commands:
        return "\n".join(registry.usage(name))
    return help_screen(services)


def help_screen(services: Services) -> Message:
    """The list of commands."""
    lines: list[str] = []
    for help_section, help_lines in groupby(sorted(services.get(Registry).help_lines), lambda line: line.section):
        lines += [HELP_HEADINGS[help_section]] if help_section in HELP_HEADINGS else []
        lines += [line.text for line in help_lines]
    return "\n".join(lines), paragraphs(lines, rest="")
