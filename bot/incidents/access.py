"""Finds the incident that a person means, if they may see it."""

from collections.abc import Callable

from bot.incidents import incidents, merge_rules, participants, rules
from bot.incidents.parse import SlashCommand
from bot.incidents.permissions import Permission, check_permission, reading_as
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block


def incident_number_here(services: Services, command: SlashCommand) -> int:
    """Return the number of the incident whose channel it was typed in; raises `NoIncidentHere` if it has none."""
    with services.database.reading() as session:
        incident = incidents.by_channel(session, command.channel_id)
        is_unrecorded_participant = incident.is_private and not participants.takes_part(
            session, incident.number, command.user_id
        )
    if is_unrecorded_participant:
        # A person who types in a private channel is a member, even if Slack's event about their joining never came.
        with services.database.transaction() as session:
            participants.join(session, incident.number, [command.user_id], utcnow())
    return incident.number


def visible_incident(
    services: Services, number: int, user_id: str, permission: Permission | None = None
) -> Incident:
    """Return the incident with that number, for a person who may see it and has the permission."""
    with reading_as(services, user_id) as session:
        incident = incidents.by_number(session, number)
        incidents.check_visible(session, incident, user_id)
        if permission:
            check_permission(services, session, user_id, permission, number)
    return incident


def named_incident(services: Services, reference: str, subcommand: str, user_id: str) -> int:
    """Return the number of the other incident named after `/incident WORD`, if the person may see it."""
    number, channel_id = merge_rules.read_reference(reference, subcommand)
    with services.database.reading() as session:
        incident = (
            incidents.of_channel(session, channel_id) if channel_id else incidents.by_number(session, number or 0)
        )
        if incident is None:
            raise merge_rules.WhichIncident(word=subcommand)
        incidents.check_visible(session, incident, user_id)
    return incident.number


def incident_form(services: Services, number: int, user_id: str, build_form: Callable[[Incident], Block]) -> Block:
    """Return a form about an incident, for people who may lead and while the incident may change."""
    incident = visible_incident(services, number, user_id, "lead")
    rules.check_may_change(incident.number, incident.status)
    return build_form(incident)
