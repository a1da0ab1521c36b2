"""The forms of a step, and the lists that are refreshed after a click."""

from typing import Any

from bot.directory.lookup import person_of
from bot.incidents import incidents
from bot.incidents.audiences import audiences_of, describe_channels
from bot.incidents.milestones import milestones_of
from bot.incidents.permissions import check_member
from bot.playbooks import forms, views
from bot.playbooks.answers import FormAnswers, read_form, suggested_times
from bot.playbooks.step_message import message_text
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import find_run, find_step, open_steps_of, written_step
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block, Message
from bot.slack.errors import SlackRefused


def skip_form(services: Services, step_id: int, user_id: str) -> Block:
    """The form that asks why a step is skipped."""
    with services.database.reading() as session:
        return forms.skip_form(find_step(session, step_id))


def assign_form(services: Services, step_id: int, user_id: str) -> Block:
    """The form that asks who takes a step."""
    with services.database.reading() as session:
        return forms.assign_form(find_step(session, step_id))


def answer_form(services: Services, step_id: int, user_id: str) -> Block:
    """The form with the step's questions, and with its message and recipients."""
    zone, now = person_of(services, user_id).timezone, utcnow()
    with services.database.reading() as session:
        step, definition = written_step(session, step_id)
        message = message_text(session, services, step, definition, now)
        incident = incidents.by_number(session, step.incident_id)
        known_milestones = (
            milestones_of(session, incident.number) if any(ask.milestone for ask in definition.asks) else {}
        )
    suggested = suggested_times(definition, known_milestones, incident.declared_at, now)
    name = definition.posts.to if definition.posts else ""
    recipients = describe_channels(services, incident, name) if name in audiences_of(services, incident) else ""
    return forms.answer_form(step, definition, message, recipients, suggested, zone)


def read_answers(services: Services, step_id: int, values: dict[str, Any]) -> tuple[FormAnswers, bool]:
    """The answers in a submitted form, and whether the step sends a message."""
    with services.database.reading() as session:
        _, definition = written_step(session, step_id)
    return read_form(definition, values, utcnow()), definition.posts is not None


def all_steps(services: Services, run_id: int, user_id: str) -> Block:
    """The view of every step of a run with its buttons, for users who may see the incident."""
    check_member(services, user_id)
    with services.database.reading() as session:
        run = find_run(session, run_id)
        incidents.check_visible(session, incidents.by_number(session, run.incident_id), user_id)
        return forms.all_steps_view(
            run, steps_of(session, run_id), utcnow(), incidents.roles(session, run.incident_id)
        )


def refresh_all_steps(services: Services, view_id: str, run_id: int, user_id: str) -> None:
    """Refresh an open list of a run's steps."""
    view = all_steps(services, run_id, user_id)
    try:
        services.slack.update_view(view_id, view)
    except SlackRefused as refused:
        if refused.error != "not_found":  # the user has closed the list in the meantime
            raise


def steps_of_person(services: Services, user_id: str, page: int = 1) -> Message:
    """A person's open steps in all incidents, page by page."""
    check_member(services, user_id)
    with services.database.reading() as session:
        held_roles = incidents.roles_of(session, user_id)
        steps = open_steps_of(session, user_id, held_roles)
        channels = incidents.channels(session, {step.incident_id for step in steps})
    return views.my_steps(steps, channels, utcnow(), page)


def of_home(services: Services, user_id: str) -> list[Block]:
    """A person's open steps on their home tab."""
    return steps_of_person(services, user_id)[1]


def refresh_my_steps(services: Services, response_url: str, user_id: str) -> None:
    """Refresh a person's list of open steps, the answer to `/incident steps`."""
    services.slack.respond(response_url, *steps_of_person(services, user_id), replace_original=True)
