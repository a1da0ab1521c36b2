"""Audiences added to a private incident by hand; otherwise it is told to nobody outside its channel."""

from datetime import datetime

from bot.errors import WatchfloorError
from bot.incidents import audiences as known_audiences
from bot.incidents.change import changing
from bot.incidents.rules import check_may_change
from bot.services import Services
from bot.slack.text import escape
from bot.updates import pauses, promise_actions, scheduling, tables, wording
from bot.updates.commands import audience_named


class NotPrivate(WatchfloorError):
    """Incident {number} is not private: every audience of `floor.yaml` hears of it according to its severity."""


def add(services: Services, number: int, typed_audience: str, by: str, now: datetime) -> str:
    """Tell an audience about a private incident from now on. Return the answer."""
    with changing(services, number, by, now) as change:
        incident = change.incident
        check_may_change(number, incident.status)
        if not incident.is_private:
            raise NotPrivate(number=number)
        name = audience_named(services.floor.audiences, typed_audience)
        title = services.floor.audiences[name].title
        if name in incident.audiences:
            return wording.ALREADY_INFORMED.format(title=escape(title))
        incident.audiences = [*incident.audiences, name]
        change.log("audience_added", audience=title)
        promise_actions.promise_first_updates(change, only=name)
        is_paused = pauses.current(change.session, number) is not None
    return wording.audience_added(escape(title), is_paused=is_paused)


def remove(services: Services, number: int, typed_audience: str, by: str, now: datetime) -> str:
    """Stop telling an added audience about a private incident. Return the answer."""
    with changing(services, number, by, now) as change:
        incident = change.incident
        if not incident.is_private:
            raise NotPrivate(number=number)
        name = audience_named(services.floor.audiences, typed_audience)
        title = services.floor.audiences[name].title
        if name not in incident.audiences:
            return wording.AUDIENCE_NOT_ADDED.format(title=escape(title))
        incident.audiences = [audience for audience in incident.audiences if audience != name]
        change.log("audience_removed", audience=title)
        if name not in known_audiences.audiences_of(services, incident):
            for promise in tables.pending(change.session, number):
                if promise.audience == name:
                    scheduling.drop_promise(change.session, promise, wording.NOT_PRIVATE)
    return wording.AUDIENCE_REMOVED.format(title=escape(title))
