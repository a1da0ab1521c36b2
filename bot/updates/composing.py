"""An update by hand: the form with everything prefilled, and what becomes of it in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.config.floor import Moment
from bot.errors import WatchfloorError
from bot.incidents import actions as changes
from bot.incidents import audiences as known_audiences
from bot.incidents import lifecycle, rules
from bot.incidents.access import open_about
from bot.incidents.change import Change, changing
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Block
from bot.updates import forms, tables
from bot.updates import promise_actions as promises
from bot.updates.news import news_since
from bot.updates.promise_actions import Asked
from bot.updates.sending import start_due
from bot.updates.tables import Choice

ON_ITS_WAY = "The update is on its way."


class NobodyChosen(WatchfloorError):
    """Please choose at least one audience; `floor.yaml` names them."""


class ReasonMissing(WatchfloorError):
    """Please say why the severity goes from {old} to {new}, such as half the calls are lost now. It goes into the
    record."""


@dataclass(frozen=True)
class Composed:
    """What somebody entered in the form."""

    audiences: list[str] = field(default_factory=list)
    words: str = ""
    severity: str = ""
    status: str = ""
    reason: str = ""
    next_in: timedelta | None = None


def open_composer(services: Services, trigger_id: str, number: int, by: str) -> None:
    """Open the form for somebody who may act."""
    open_about(services, trigger_id, number, by, lambda incident: _form(services, incident))


def _form(services: Services, incident: Incident) -> Block:
    audiences = known_audiences.audiences(services, incident)
    quiet = (Moment.NEVER, Moment.AT_CLOSE)
    told = [name for name, audience in audiences.items() if audience.rhythm(incident.severity) not in quiet]
    with services.store.reading() as session:
        words = _suggested(session, incident)
    return forms.compose_form(incident, services.floor, audiences, told, words)


def _suggested(session: Session, incident: Incident) -> str:
    """What has happened since anybody was told."""
    sent = tables.sent_of(session, incident.number)
    since = max((promise.sent_at for promise in sent if promise.sent_at), default=incident.declared_at)
    return news_since(session, incident, since)


def send(services: Services, number: int, composed: Composed, key: str, by: str, now: datetime) -> str:
    """Change what is to be changed, and tell who is to be told; each of them once."""
    occasion = f"manual:{key}"
    with changing(services, number, by, now) as change:
        session, incident = change.session, change.incident
        rules.check_may_change(number, incident.status)
        if tables.was_asked_for(session, number, occasion):
            return ON_ITS_WAY
        known = known_audiences.audiences(services, incident)
        chosen = [name for name in composed.audiences if name in known]
        if not chosen:
            raise NobodyChosen()
        # What was left as it was suggested is told by the template, in each audience's own words.
        words = "" if composed.words == _suggested(session, incident) else composed.words
        _change(change, composed)
        next_due_at = now + composed.next_in if composed.next_in else None
        choice = Choice.EDITED if words else Choice.NONE
        asked = Asked(occasion, by, words, next_due_at, choice)
        promises.now_for_all(change, asked, chosen)
        awaited = [known_audiences.title(services, name) for name in chosen if _waits(session, number, name)]
    start_due(services, now)
    return _answer(awaited)


def _change(change: Change, composed: Composed) -> None:
    if composed.severity and composed.severity != change.incident.severity:
        # As the severity's own form does; a status may be set without a word.
        if not composed.reason:
            raise ReasonMissing(old=change.incident.severity, new=composed.severity)
        changes.set_severity(change, composed.severity, composed.reason)
    if composed.status and composed.status != change.incident.status:
        lifecycle.set_status(change, composed.status, composed.reason)


def send_now(services: Services, number: int, words: str, key: str, by: str, now: datetime) -> str:
    """An update at once, with what the person says, to every audience; the next one is promised from now."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if tables.was_asked_for(change.session, number, f"manual:{key}"):
            return ON_ITS_WAY
        told = promises.now_for_all(change, Asked(f"manual:{key}", by, words))
    start_due(services, now)
    if not told:
        return f"No audience is told of a {change.incident.severity} before it closes, so nothing was sent."
    return ON_ITS_WAY


def _waits(session: Session, number: int, name: str) -> bool:
    return any(promise.needs_approval for promise in tables.waiting(session, number, name))


def _answer(awaited: list[str]) -> str:
    if not awaited:
        return ON_ITS_WAY
    return f"{ON_ITS_WAY} For {', '.join(awaited)} it waits for approval; the draft was shown to who approves."
