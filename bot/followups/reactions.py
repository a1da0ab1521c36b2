"""Turns a message with a reaction into a follow-up; removing the reaction drops an untouched one."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot.directory.lookup import display_names
from bot.errors import TryLater, WatchfloorError
from bot.followups import actions, change_actions, rules, tables, wording
from bot.followups.actions import NewFollowUp
from bot.followups.rules import State
from bot.followups.tables import FollowUp
from bot.incidents import incidents
from bot.incidents.parse import Payload
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import mentioned_user_ids, to_plain_text
from bot.timeline import timeline


def record_mark(services: Services, event: Payload) -> None:
    """Add a follow-up for a marked message. A refusal goes only to the user who reacted."""
    if _is_mark_of_user(services, event):
        _run_or_refuse(services, event["user"], partial(_add, services, event, utcnow()))


def record_unmark(services: Services, event: Payload) -> None:
    """Drop an untouched follow-up when the user who added it removes the reaction."""
    if not _is_mark_of_user(services, event):
        return
    with services.database.reading() as session:
        follow_up = tables.by_source(session, _key(event))
    if follow_up and follow_up.is_open and follow_up.added_by == event["user"] and _is_untouched(follow_up):
        finish = partial(change_actions.finish, services, follow_up.number, State.DROPPED, event["user"], utcnow())
        _run_or_refuse(services, event["user"], finish)


def _is_mark_of_user(services: Services, event: Payload) -> bool:
    is_message = event["item"].get("type") == "message"
    is_mark = event["reaction"] == services.floor.followups.reaction and is_message
    return is_mark and bool(event["user"] != services.slack.user_id())


def _is_untouched(follow_up: FollowUp) -> bool:
    return follow_up.owner_id == follow_up.added_by and follow_up.moved == 0 and follow_up.told == 1


def _key(event: Payload) -> str:
    return f"reaction:{event['item']['channel']}:{event['item']['ts']}"


def _add(services: Services, event: Payload, now: datetime) -> None:
    channel_id, ts = event["item"]["channel"], event["item"]["ts"]
    with services.database.reading() as session:
        incident = incidents.of_channel(session, channel_id)
        if incident is None:
            return
        message_text = _message_text(session, incident.number, ts)
        existing = tables.by_source(session, _key(event))
    if existing and existing.state == State.DROPPED:
        change_actions.reopen(services, existing.number, event["user"], now)
    if existing:
        return
    text = (
        rules.clean_text(to_plain_text(message_text, display_names(services, mentioned_user_ids(message_text)).get))
        or wording.UNKNOWN_TEXT
    )
    link = services.slack.permalink(channel_id, ts)
    new = NewFollowUp(key=_key(event), incident=incident.number, text=text, by=event["user"], link=link)
    actions.add(services, new, now)


def _message_text(session: Session, number: int, ts: str) -> str:
    entry = timeline.by_source(session, number, f"message:{ts}")
    return str(entry.facts.get("text", "")) if entry else ""


def _run_or_refuse(services: Services, user_id: str, action: Callable[[], object]) -> None:
    try:
        action()
    except WatchfloorError as refusal:
        services.background.submit(
            f"refused:{user_id}", partial(_send_refusal, services, user_id, refusal.sentence)
        )


def _send_refusal(services: Services, user_id: str, sentence: str) -> None:
    """Send a refusal. It may be lost, since the user sees that the reaction had no effect."""
    try:
        services.slack.send_direct_message(user_id, sentence)
    except (WatchfloorError, TryLater):
        return
