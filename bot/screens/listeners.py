"""Listeners for the control panel's button and the read-only commands: parse, show."""

from slack_bolt import Ack, App

from bot.incidents import ids, parse, responses
from bot.incidents.access import incident_number_here
from bot.incidents.panels import incident_panel
from bot.incidents.parse import SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Response
from bot.screens import answer_wording, catch_up, panels
from bot.services import Services


def register_commands(registry: Registry) -> None:
    """`/incident` alone and `/incident help`."""
    registry.command("", panel_or_help)
    registry.command("help", show_help)
    registry.command("catchup", show_catch_up)
    registry.help(Section.CHANNEL, 1, answer_wording.HELP_PANEL)


def register(app: App, services: Services) -> None:
    """Register the listeners for the buttons that open the control panel and the summary for latecomers."""

    @app.action(ids.PANEL)
    def panel(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            return incident_panel(services, parse.clicked_number(body), parse.user_id(body))

        responses.answer_click(services, body, act, ack)

    @app.action(ids.CATCH_UP)
    def catch_me_up(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            return catch_up.screen(services, parse.clicked_number(body), parse.user_id(body))

        responses.answer_click(services, body, act, ack)


def show_catch_up(services: Services, command: SlashCommand) -> Response:
    """`/incident catchup`: what has happened so far, in ten lines."""
    number = incident_number_here(services, command.channel_id, command.user_id)
    return catch_up.screen(services, number, command.user_id)


def panel_or_help(services: Services, command: SlashCommand) -> Response:
    """`/incident`: the control panel in an incident's channel, help elsewhere."""
    return panels.panel_in_channel(services, command.channel_id, command.user_id) or panels.help_screen(services)


def show_help(services: Services, command: SlashCommand) -> Response:
    """`/incident help`: the most useful commands."""
    return panels.help_screen(services)
