"""The incident's own commands: each is one function that parses, acts and gives back what to answer."""

from collections.abc import Callable

from bot.incidents import actions as changes
from bot.incidents import forms, parse, roles, rules
from bot.incidents import lifecycle as ending
from bot.incidents.access import incident_number_here, open_incident_form
from bot.incidents.actions import declare_from_command, open_declare_form
from bot.incidents.parse import SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Response
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block


def register(registry: Registry) -> None:
    """`/incident WORD …`, with what `/incident help` says of it."""
    for word, subcommand in {
        "declare": declare,
        "severity": severity,
        "status": status,
        "impact": impact,
        "claim": claim,
        "leave": leave,
        "assign": assign,
        "type": change_type,
        "resolve": resolve,
        "close": close,
        "reopen": reopen,
    }.items():
        registry.command(word, subcommand)
    for section, place, text in HELP:
        registry.help(section, place, text)


HELP = (
    (Section.ANYWHERE, 1, "`/incident declare` a form · `/incident declare S1 IVR down in Manila` at once"),
    (
        Section.CHANNEL,
        2,
        "`/incident severity S0 reason` · `/incident status mitigated reason` · `/incident impact text`",
    ),
    (Section.CHANNEL, 3, "`/incident claim commander` · `/incident assign commander @ana`"),
    (Section.CHANNEL, 4, "`/incident leave commander`"),
    (Section.ENDING, 1, "`/incident resolve reason` · `/incident close` · `/incident reopen reason`"),
)


def declare(services: Services, typed: SlashCommand) -> Response:
    """`/incident declare S1 IVR down in Manila`, or the form when no title is given."""
    declaration = rules.read_declaration(typed.rest)
    if not declaration.title:
        open_declare_form(services, typed.trigger_id, typed.user_id, severity=declaration.severity or "")
        return None
    return declare_from_command(services, typed.trigger_id, typed.user_id, declaration, typed.response_url)


def severity(services: Services, typed: SlashCommand) -> Response:
    """`/incident severity S0 reason`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    first, _, reason = typed.rest.partition(" ")
    if not first:
        return _open_form(services, typed, number, lambda found: forms.severity_form(found, services.floor))
    return changes.change_severity(
        services, number, rules.read_severity(first), reason.strip(), typed.user_id, utcnow()
    )


def status(services: Services, typed: SlashCommand) -> Response:
    """`/incident status mitigated reason`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    first, _, reason = typed.rest.partition(" ")
    if not first:
        return _open_form(services, typed, number, forms.status_form)
    new_status = rules.read_status(first)
    return ending.change_status(services, number, new_status, reason.strip(), typed.user_id, utcnow())


def impact(services: Services, typed: SlashCommand) -> Response:
    """`/incident impact half the calls are dropped`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    if not typed.rest:
        return _open_form(services, typed, number, forms.impact_form)
    return changes.describe_impact(services, number, rules.clean_title(typed.rest), typed.user_id, utcnow())


def claim(services: Services, typed: SlashCommand) -> Response:
    """`/incident claim commander`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    return roles.claim(services, number, _role(services, typed.rest), typed.user_id, utcnow())


def leave(services: Services, typed: SlashCommand) -> Response:
    """`/incident leave commander`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    return roles.leave(services, number, _role(services, typed.rest), typed.user_id, utcnow())


def assign(services: Services, typed: SlashCommand) -> Response:
    """`/incident assign commander @ana`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    role, person = parse.role_and_person(typed.raw, list(services.floor.roles), "assign")
    return roles.assign(services, number, role, person, typed.user_id, utcnow())


def change_type(services: Services, typed: SlashCommand) -> Response:
    """`/incident type telephony`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    return changes.change_type(services, number, typed.rest, typed.user_id, utcnow())


def resolve(services: Services, typed: SlashCommand) -> Response:
    """`/incident resolve reason`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    return ending.resolve(services, number, typed.rest, typed.trigger_id, typed.user_id, utcnow())


def close(services: Services, typed: SlashCommand) -> Response:
    """`/incident close`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    return ending.close(services, number, typed.rest, typed.user_id, utcnow())


def reopen(services: Services, typed: SlashCommand) -> Response:
    """`/incident reopen reason`"""
    number = incident_number_here(services, typed.channel_id, typed.user_id)
    return ending.reopen(services, number, typed.rest, typed.user_id, utcnow())


def _open_form(
    services: Services, typed: SlashCommand, number: int, build_form: Callable[[Incident], Block]
) -> Response:
    """What was left out of the command is asked for in its form."""
    open_incident_form(services, typed.trigger_id, number, typed.user_id, build_form)
    return None


def _role(services: Services, typed_role: str) -> str:
    return parse.role(typed_role, list(services.floor.roles))
