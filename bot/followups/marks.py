"""A reaction to a message makes a follow-up of its words; taking it back at once takes that back."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.directory.lookup import names
from bot.errors import TryLater, WatchfloorError
from bot.followups import actions as followups
from bot.followups import change_actions as followup_changes
from bot.followups import rules, tables
from bot.followups.actions import NewFollowUp
from bot.followups.rules import State
from bot.followups.tables import FollowUp
from bot.incidents import tables as incidents
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import mentioned_people, spoken
from bot.timeline import tables as timeline

Event = dict[str, Any]

UNHEARD = "Do what this message asks for"


def keep_mark(services: Services, event: Event) -> None:
    """Somebody marks a message as something to be done later. A refusal is told to them alone."""
    if _is_ours(services, event):
        _obey(services, event["user"], partial(_add, services, event, utcnow()))


def keep_unmark(services: Services, event: Event) -> None:
    """The mark is taken back by who made it: what nobody has touched since is dropped."""
    if not _is_ours(services, event):
        return
    with services.store.reading() as session:
        follow_up = tables.by_source(session, _key(event))
    if follow_up and follow_up.is_open and follow_up.added_by == event["user"] and _is_untouched(follow_up):
        finish = partial(
            followup_changes.finish, services, follow_up.number, State.DROPPED, event["user"], utcnow()
        )
        _obey(services, event["user"], finish)


def _is_ours(services: Services, event: Event) -> bool:
    is_message = event["item"].get("type") == "message"
    is_ours = event["reaction"] == services.floor.followups.reaction and is_message
    return is_ours and bool(event["user"] != services.slack.user_id())


def _is_untouched(follow_up: FollowUp) -> bool:
    return follow_up.owner_id == follow_up.added_by and follow_up.moved == 0 and follow_up.told == 1


def _key(event: Event) -> str:
    return f"reaction:{event['item']['channel']}:{event['item']['ts']}"


def _add(services: Services, event: Event, now: datetime) -> None:
    channel_id, ts = event["item"]["channel"], event["item"]["ts"]
    with services.store.reading() as session:
        incident = incidents.of_channel(session, channel_id)
        if incident is None:
            return
        said = _words(session, incident.number, ts)
        known = tables.by_source(session, _key(event))
    if known and known.state == State.DROPPED:
        followup_changes.reopen(services, known.number, event["user"], now)
    if known:
        return
    words = rules.clean(spoken(said, names(services, mentioned_people(said)).get)) or UNHEARD
    link = services.slack.permalink(channel_id, ts)
    new = NewFollowUp(key=_key(event), incident=incident.number, words=words, by=event["user"], link=link)
    followups.add(services, new, now)


def _words(session: Session, number: int, ts: str) -> str:
    entry = timeline.by_source(session, number, f"message:{ts}")
    return str(entry.facts.get("text", "")) if entry else ""


def _obey(services: Services, user_id: str, act: Callable[[], object]) -> None:
    try:
        act()
    except WatchfloorError as refusal:
        services.soon.do(f"refused:{user_id}", partial(_tell, services, user_id, refusal.sentence))


def _tell(services: Services, user_id: str, sentence: str) -> None:
    """A refusal of a reaction may be lost: whoever made it sees that nothing came of it."""
    try:
        services.slack.tell(user_id, sentence)
    except (WatchfloorError, TryLater):
        return
