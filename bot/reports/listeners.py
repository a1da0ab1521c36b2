"""Reports: `/incident report`: parse, act, answer."""

from bot.incidents.parse import SlashCommand
from bot.incidents.responses import Response
from bot.reports import sending
from bot.runtime.clock import utcnow
from bot.services import Services


def report(services: Services, command: SlashCommand) -> Response:
    """`/incident report week`, `/incident report 90 days EMEA`: get the figures of a period as picture and
    spreadsheet."""
    return sending.request(services, command.argument, command.trigger_id, command.user_id, utcnow())
