"""Escalation: parse, run and answer `/incident page`, `/incident escalate`, *On my way* and *Can't*."""

import re
from contextlib import suppress

from slack_bolt import App

from bot.escalation import escalate, ids, page_answers, page_by_hand
from bot.incidents import listening, parse
from bot.incidents.access import incident_number_here
from bot.incidents.parse import SlashCommand
from bot.incidents.responses import Response
from bot.incidents.rules import clean_title
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import to_plain_text

PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)(?:\|[^<>]*)?>")


def register(app: App, services: Services) -> None:
    """Register the handlers of the buttons on pages."""
    listening.on_click(app, services, ids.ON_MY_WAY, page_answers.on_my_way)
    listening.on_click(app, services, ids.CANNOT, page_answers.cannot)


def page(services: Services, command: SlashCommand) -> Response:
    """`/incident page @ana please look at the trunks`: ask for a person, a group or a role, and learn whether they
    come."""
    number = incident_number_here(services, command)
    recipient, reason = parse_recipient(command.raw_argument, list(services.floor.roles))
    return page_by_hand.request_page(services, number, recipient, reason, command.trigger_id, command.user_id)


def escalate_now(services: Services, command: SlashCommand) -> Response:
    """`/incident escalate nobody answers`: tell the next tier of the ladder now."""
    number = incident_number_here(services, command)
    typed = command.raw_argument.strip()
    if PERSON.fullmatch(typed) or GROUP.fullmatch(typed):
        raise escalate.SomebodyNamed()
    return escalate.escalate_now(services, number, clean_title(command.argument), command.user_id, utcnow())


def parse_recipient(raw: str, roles: list[str]) -> tuple[str, str]:
    """The recipient named (a user or group id, `@name`, a role, else a loose word) and the reason."""
    typed = raw.strip()
    for pattern in (PERSON, GROUP):
        if match := pattern.match(typed):
            return match[1], _plain_reason(typed[match.end() :])
    first_word, _, rest = typed.partition(" ")
    if not first_word.startswith("@"):
        with suppress(parse.UnknownRole):
            return parse.role(first_word, roles) if first_word else "", _plain_reason(rest)
    return _plain_reason(first_word), _plain_reason(rest)


def _plain_reason(raw: str) -> str:
    return clean_title(to_plain_text(raw, lambda user_id: None))
