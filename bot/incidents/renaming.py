"""Renames an incident: the outbox renames the channel; card, topic and digest follow."""

from datetime import datetime

from bot import outbox
from bot.incidents import incidents, rules, wording
from bot.incidents.change import Change, changing
from bot.incidents.drills import drill_title
from bot.incidents.events import Renamed
from bot.incidents.recognition import places_in_title
from bot.outbox import kinds
from bot.outbox.kinds import Call, Context, Settled
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.text import escape, one_line
from bot.timeline import timeline

MAX_NAMES_TRIED = 5


def rename(services: Services, number: int, title: str, by: str, now: datetime) -> str:
    """Give the incident another title. Return the answer."""
    if not title:
        raise rules.NewTitleMissing()
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        set_title(change, title)
        floor, known_places = services.floor, (*change.incident.sites, *change.incident.partners)
    named_places = places_in_title(title, (*floor.sites, *floor.partner_names))
    new_places = ", ".join(place for place in named_places if place not in known_places)
    note = wording.NOT_IN_SCOPE.format(places=escape(new_places)) if new_places else ""
    return wording.RENAMED.format(title=one_line(title, 200)) + note


def set_title(change: Change, title: str) -> None:
    """The same within a transaction on the incident."""
    old_title, incident = change.incident.title, change.incident
    if incident.is_drill:
        title = drill_title(title, change.services.floor.language)
    if old_title == title:
        return
    incident.title = title
    change.log("renamed", was=old_title, text=title)
    if outbox.find(change.session, change.number, kinds.CHANNEL_NAME) is None:
        outbox.add(change.session, kinds.CHANNEL_NAME, change.number, change.now)
    else:
        change.mark_stale(kinds.CHANNEL_NAME)
    change.publish(Renamed(old_title, title))


def call(context: Context) -> Call:
    """Return the renaming of the channel as a call to Slack."""
    services, incident = context.services, context.incident
    names = [
        rules.channel_name(incident.number, incident.title, attempt) for attempt in range(1, MAX_NAMES_TRIED + 1)
    ]
    return Call(names[0], lambda: _rename_channel(services, incident.channel_id, names))


def _rename_channel(services: Services, channel_id: str, names: list[str]) -> None:
    for name in names:
        try:
            new_name = services.slack.rename_channel(channel_id, name)
        except SlackRefused as refused:
            if refused.error != "name_taken" or name == names[-1]:
                raise
            continue
        with services.database.transaction() as session:
            incidents.set_channel_name(session, channel_id, new_name)
        return


def note_not_renamed(settled: Settled, error: str) -> None:
    """Log that the channel keeps its old name; everything else has the new title."""
    facts = {"what": "rename the channel", "reason": error}
    timeline.append(settled.session, settled.row.incident_id or 0, "trouble", utcnow(), **facts)
