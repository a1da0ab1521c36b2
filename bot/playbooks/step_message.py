"""The message a step sends, filled with current values, for the user to read before it goes out."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot import directory
from bot.incidents import incidents
from bot.incidents.facts import NEXT_UPDATE
from bot.incidents.registry import Registry
from bot.playbooks.answers import render_answer
from bot.playbooks.messages import fill
from bot.playbooks.playbook import Step
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import PlaybookStep, find_run
from bot.services import Services
from bot.slack.text import format_duration, mentioned_user_ids, to_plain_text, typed_time


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
