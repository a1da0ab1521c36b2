"""The forms of a step, and the lists that are refreshed after a click."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from bot import directory
from bot.directory.lookup import person_of
from bot.incidents import incidents, parse
from bot.incidents.audiences import audiences_of, describe_channels
from bot.incidents.facts import NEXT_UPDATE
from bot.incidents.home import publish_home
from bot.incidents.milestones import milestones_of
from bot.incidents.parse import Payload
from bot.incidents.permissions import reading_as
from bot.incidents.registry import Registry
from bot.playbooks import forms, ids, views
from bot.playbooks.answers import FormAnswers, read_form, render_answer, suggested_times
from bot.playbooks.messages import fill
from bot.playbooks.playbook import Step
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import PlaybookStep, find_run, find_step, open_steps_of, written_step
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block, Message, context, section
from bot.slack.errors import SlackRefused
from bot.slack.messages import Posted
from bot.slack.text import format_duration, mention, mentioned_user_ids, to_plain_text, typed_time

HOME = "home"


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
    with reading_as(services, user_id) as session:
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
    with reading_as(services, user_id) as session:
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


def message_text(session: Session, services: Services, step: PlaybookStep, definition: Step, now: datetime) -> str:
    """The text of the step's message; empty if it sends none. Plain text with times in UTC: sending escapes it and
    converts its times to each reader's zone."""
    if definition.posts is None:
        return ""
    incident = incidents.by_number(session, step.incident_id)
    commander = incidents.commander(session, incident.number)
    people = directory.display_names(session, [commander] if commander else [])
    due_at = services.get(Registry).ask(NEXT_UPDATE)(session, services, incident, None, None)
    facts = {
        "number": str(incident.number),
        "title": incident.title,
        "severity": incident.severity,
        "status": incident.status,
        "type": services.floor.types.get(incident.type, incident.type),
        "sites": ", ".join(incident.sites),
        "partners": ", ".join(incident.partners),
        "commander": people.get(commander or "", ""),
        "started": typed_time(incident.declared_at, now),
        "lasting": format_duration(max(now - incident.declared_at, timedelta())),
        "next_update": typed_time(due_at, now) if due_at else "",
    }
    return fill(definition.posts.message, facts | _answers(session, step, now))


def _answers(session: Session, step: PlaybookStep, now: datetime) -> dict[str, str]:
    run = find_run(session, step.run_id)
    asks = run.book.asks
    answers = {key: value for each in steps_of(session, run.number) for key, value in each.answers.items()}
    answer_texts = {
        key: typed_time(datetime.fromisoformat(str(value)), now)
        if asks[key].kind == "time"
        else render_answer(asks[key], value)
        for key, value in answers.items()
        if key in asks
    }
    people = {user_id for text in answer_texts.values() for user_id in mentioned_user_ids(text)}
    names = directory.display_names(session, people)
    # The user reads and edits the text in a form, which shows no markup.
    return {key: to_plain_text(text, names.get) for key, text in answer_texts.items()}


def refresh_clicked(services: Services, body: Payload) -> None:
    """Refresh the clicked screen in the background. Messages are re-rendered by the outbox."""
    view = body.get("view") or {}
    if view.get("type") == HOME:
        _refresh_home(services, body)
    elif view.get("callback_id") == ids.ALL_STEPS:
        _refresh_list(services, body, view["id"], parse.private_metadata(body))
    elif (body.get("container") or {}).get("is_ephemeral"):
        refresh = partial(refresh_my_steps, services, body["response_url"], parse.user_id(body))
        services.background.submit(f"steps:{body['response_url']}", refresh)


def refresh_underlying(services: Services, body: Payload) -> None:
    """Refresh the screen from which a submitted form was opened: the list it covered, or the home tab."""
    _, _, origin = parse.private_metadata(body).partition(" ")
    if origin == HOME:
        _refresh_home(services, body)
    elif origin:
        _refresh_list(services, body, body["view"]["root_view_id"], origin)


def open_form(services: Services, body: Payload, form: Block) -> None:
    """Open a form over the current screen, which is recorded in the form's metadata."""
    view = body.get("view") or {}
    origin = HOME if view.get("type") == HOME else str(view.get("private_metadata") or "")
    view_with_origin = form | {"private_metadata": f"{form['private_metadata']} {origin}".strip()}
    open_view = services.slack.push_view if view.get("type") == "modal" else services.slack.open_view
    open_view(body["trigger_id"], view_with_origin)


def step_in_form(body: Payload) -> int:
    return parse.parse_number(parse.private_metadata(body).partition(" ")[0])


def close_offer(services: Services, body: Payload, outcome: str) -> None:
    """Replace an accepted offer's buttons with a line about who accepted it."""
    text, posted = body["message"]["text"], Posted(body["channel"]["id"], body["message"]["ts"])
    blocks = [section(text), context(f"{mention(parse.user_id(body))} {outcome}.")]
    services.background.submit(f"message:{posted.ts}", partial(services.slack.update, posted, text, blocks))


def _refresh_home(services: Services, body: Payload) -> None:
    user_id = parse.user_id(body)
    services.background.submit(f"home:{user_id}", partial(publish_home, services, user_id))


def _refresh_list(services: Services, body: Payload, view_id: str, run: str) -> None:
    refresh = partial(refresh_all_steps, services, view_id, parse.parse_number(run), parse.user_id(body))
    services.background.submit(f"view:{view_id}", refresh)
