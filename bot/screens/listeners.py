"""The control panel's button, and the commands that look without changing: parse, show."""

from slack_bolt import Ack, App

from bot.incidents import ids, parse
from bot.incidents import responses as answering
from bot.incidents.parse import Typed
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Payload, Words
from bot.screens import panels
from bot.services import Services


def register_commands(registry: Registry) -> None:
    """`/incident` alone, `/incident help` and `/incident list`."""
    registry.command("", alone)
    registry.command("help", show_help)
    registry.command("list", show_list)
    registry.help(Section.ANYWHERE, 2, "`/incident list` what is open")
    registry.help(Section.CHANNEL, 1, "`/incident` the control panel")


def register(app: App, services: Services) -> None:
    """Listen to the button that opens the control panel."""

    @app.action(ids.PANEL)
    def panel(ack: Ack, body: Payload) -> None:
        def act() -> Words:
            return panels.panel_of(services, parse.number_clicked(body), parse.user(body))

        answering.click(services, body, act, ack)


def alone(services: Services, typed: Typed) -> Words:
    """`/incident` alone: the control panel in an incident's channel, help elsewhere."""
    return panels.panel(services, typed.channel_id, typed.user_id) or panels.help_words(services)


def show_help(services: Services, typed: Typed) -> Words:
    """`/incident help`"""
    return panels.help_words(services)


def show_list(services: Services, typed: Typed) -> Words:
    """`/incident list`"""
    return panels.open_incidents(services, typed.user_id)
