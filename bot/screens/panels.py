"""Read-only screens: the control panel, help."""

from itertools import groupby

from bot.incidents.access import incident_number_here
from bot.incidents.panels import incident_panel
from bot.incidents.parse import SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.tables import NoIncidentHere
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Message, paragraphs

HEADINGS = {
    Section.ANYWHERE: "*Anywhere*",
    Section.CHANNEL: "*In an incident's channel*",
    Section.AFTERWARDS: "*After an incident*",
}


def panel_in_channel(services: Services, command: SlashCommand) -> Message | None:
    """The control panel of the incident in whose channel this was typed, if any."""
    try:
        number = incident_number_here(services, command)
    except NoIncidentHere:
        return None
    return incident_panel(services, number, command.user_id, utcnow())


def help_screen(services: Services) -> Message:
    """The list of commands."""
    lines: list[str] = []
    for help_section, help_lines in groupby(sorted(services.get(Registry).help_lines), lambda line: line.section):
        lines += [HEADINGS[help_section]] if help_section in HEADINGS else []
        lines += [line.text for line in help_lines]
    text = "\n".join(lines)
    return text, paragraphs(lines, rest="")
