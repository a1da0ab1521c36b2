"""The message a step sends, filled with what is known now, for a person to read before it goes out."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import format_duration, mentioned_user_ids, to_plain_text


def message_text(session: Session, services: Services, step: PlaybookStep, written: Step, zone: ZoneInfo) -> str:
    """The text of the step's message with times of that zone; empty when it sends none. It is plain: escaped where
    it leaves."""
    if written.posts is None:
        return ""
    incident = incidents.by_number(session, step.incident_id)
    commander = incidents.commander(session, incident.number)
    people = directory.display_names(session, [commander] if commander else [])
    due_at = services.get(Registry).ask(NEXT_UPDATE)(session, incident.number, None)
    facts = {
        "number": str(incident.number),
        "title": incident.title,
        "severity": incident.severity,
        "status": incident.status,
        "type": services.floor.types.get(incident.type, incident.type),
        "sites": ", ".join(incident.sites),
        "partners": ", ".join(incident.partners),
        "commander": people.get(commander or "", ""),
        "started": _clock(incident.declared_at, zone),
        "lasting": format_duration(max(utcnow() - incident.declared_at, timedelta())),
        "next_update": _clock(due_at, zone) if due_at else "",
    }
    return fill(written.posts.message, facts | _answers(session, step, zone))


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M %Z")


def _answers(session: Session, step: PlaybookStep, zone: ZoneInfo) -> dict[str, str]:
    run = find_run(session, step.run_id)
    asks = run.book.asks
    answers = {key: value for each in steps_of(session, run.number) for key, value in each.answers.items()}
    shown = {
        key: _clock(datetime.fromisoformat(str(value)), zone)
        if asks[key].kind == "time"
        else render_answer(asks[key], value)
        for key, value in answers.items()
        if key in asks
    }
    people = {user_id for text in shown.values() for user_id in mentioned_user_ids(text)}
    names = directory.display_names(session, people)
    # A person reads and changes it in a form, which shows no markup.
    return {key: to_plain_text(text, names.get) for key, text in shown.items()}
