"""The incident's own commands: each is one function that parses, acts and gives back what to answer."""

from collections.abc import Callable

from bot.incidents import actions as changes
from bot.incidents import forms, parse, roles, rules
from bot.incidents import lifecycle as ending
from bot.incidents.access import incident_here, open_about
from bot.incidents.actions import declare_by_words, open_declare_form
from bot.incidents.parse import Typed
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import Words
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
        "handover": hand_over,
        "type": kind,
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
    (Section.CHANNEL, 4, "`/incident handover commander @ana` · `/incident leave commander`"),
    (Section.ENDING, 1, "`/incident resolve reason` · `/incident close` · `/incident reopen reason`"),
)


def declare(services: Services, typed: Typed) -> Words:
    """`/incident declare S1 IVR down in Manila`, or the form when no title is given."""
    wanted = rules.read_declaration(typed.rest)
    if not wanted.title:
        open_declare_form(services, typed.trigger_id, typed.user_id, severity=wanted.severity or "")
        return None
    return declare_by_words(services, typed.trigger_id, typed.user_id, wanted, typed.response_url)


def severity(services: Services, typed: Typed) -> Words:
    """`/incident severity S0 reason`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    first, _, reason = typed.rest.partition(" ")
    if not first:
        return _asked(services, typed, number, lambda found: forms.severity_form(found, services.floor))
    return changes.change_severity(
        services, number, rules.read_severity(first), reason.strip(), typed.user_id, utcnow()
    )


def status(services: Services, typed: Typed) -> Words:
    """`/incident status mitigated reason`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    first, _, reason = typed.rest.partition(" ")
    if not first:
        return _asked(services, typed, number, forms.status_form)
    wanted = rules.read_status(first)
    return ending.change_status(services, number, wanted, reason.strip(), typed.user_id, utcnow())


def impact(services: Services, typed: Typed) -> Words:
    """`/incident impact half the calls are dropped`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    if not typed.rest:
        return _asked(services, typed, number, forms.impact_form)
    return changes.describe_impact(services, number, rules.clean_title(typed.rest), typed.user_id, utcnow())


def claim(services: Services, typed: Typed) -> Words:
    """`/incident claim commander`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return roles.claim(services, number, _role(services, typed.rest), typed.user_id, utcnow())


def leave(services: Services, typed: Typed) -> Words:
    """`/incident leave commander`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return roles.leave(services, number, _role(services, typed.rest), typed.user_id, utcnow())


def assign(services: Services, typed: Typed) -> Words:
    """`/incident assign commander @ana`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    role, person = parse.role_and_person(typed.raw, list(services.floor.roles), "assign")
    return roles.give(services, number, role, person, typed.user_id, utcnow())


def hand_over(services: Services, typed: Typed) -> Words:
    """`/incident handover commander @ana`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    role, person = parse.role_and_person(typed.raw, list(services.floor.roles), "handover")
    return roles.hand_over(services, number, role, person, typed.user_id, utcnow())


def kind(services: Services, typed: Typed) -> Words:
    """`/incident type telephony`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return changes.change_type(services, number, typed.rest, typed.user_id, utcnow())


def resolve(services: Services, typed: Typed) -> Words:
    """`/incident resolve reason`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return ending.resolve(services, number, typed.rest, typed.trigger_id, typed.user_id, utcnow())


def close(services: Services, typed: Typed) -> Words:
    """`/incident close`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return ending.close(services, number, typed.rest, typed.user_id, utcnow())


def reopen(services: Services, typed: Typed) -> Words:
    """`/incident reopen reason`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return ending.reopen(services, number, typed.rest, typed.user_id, utcnow())


def _asked(services: Services, typed: Typed, number: int, draw: Callable[[Incident], Block]) -> Words:
    """What was left out of the command is asked for in its form."""
    open_about(services, typed.trigger_id, number, typed.user_id, draw)
    return None


def _role(services: Services, given: str) -> str:
    return parse.role(given, list(services.floor.roles))
