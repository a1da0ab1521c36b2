"""What Slack says happened, written down: messages as they are said, people coming and going, channels lost."""

import functools
from typing import Any

from sqlmodel import Session

from bot.clock import utcnow
from bot.directory import tables as directory
from bot.displays import tables as displays
from bot.flows import losses
from bot.flows.directory import heard
from bot.flows.displays import refresh_soon
from bot.flows.looking import show_home
from bot.flows.notices import send_soon
from bot.incidents import tables as incidents
from bot.services import Services
from bot.slack.text import moment
from bot.timeline import tables as timeline

Event = dict[str, Any]

MARKING_REACTIONS = ("pushpin", "round_pushpin")
LOSSES = {
    "channel_archive": losses.ARCHIVED,
    "group_archive": losses.ARCHIVED,
    "channel_deleted": losses.DELETED,
    "group_deleted": losses.DELETED,
}
# Joins, topics and the like are events of their own, or nothing that was said.
SAID = (None, "file_share", "thread_broadcast", "me_message")


def keep_message(services: Services, event: Event) -> None:
    """A message was said, edited or deleted in an incident's channel. The bot's own are not kept here."""
    subtype = event.get("subtype")
    if subtype == "message_changed":
        _keep_edit(services, event)
    elif subtype == "message_deleted":
        _keep_deletion(services, event)
    elif _is_speech(event):
        _keep_words(services, event)


def _keep_words(services: Services, event: Event) -> None:
    with services.store.transaction() as session:
        incident = incidents.of_channel(session, event["channel"])
        if incident:
            _record(session, incident.number, event, _said(event))


def _said(message: Event) -> dict[str, Any]:
    facts = {"text": message.get("text", "")}
    if message.get("thread_ts"):
        facts["thread_ts"] = message["thread_ts"]
    if message.get("files"):
        facts["files"] = [file.get("name", "file") for file in message["files"]]
    return facts


def _record(session: Session, number: int, message: Event, facts: dict[str, Any]) -> bool:
    at, ts = moment(message["ts"]), message["ts"]
    return timeline.record_message(session, number, at, message["user"], ts, facts)


def _is_speech(message: Event) -> bool:
    return message.get("subtype") in SAID and bool(message.get("user")) and not message.get("bot_id")


def _keep_edit(services: Services, event: Event) -> None:
    message = event["message"]
    if not _is_speech(message):
        return
    with services.store.transaction() as session:
        incident = incidents.of_channel(session, event["channel"])
        if incident:
            # Slack may tell of the edit before it tells of the message: then it tells here what was said first.
            _record(session, incident.number, message, _said(event.get("previous_message") or message))
            timeline.edit_message(session, incident.number, message["ts"], message.get("text", ""), utcnow())


def _keep_deletion(services: Services, event: Event) -> None:
    message = event.get("previous_message", {})
    ts = event.get("deleted_ts") or message.get("ts", "")
    with services.store.transaction() as session:
        incident = incidents.of_channel(session, event["channel"])
        if incident is not None:
            if _is_speech(message):
                _record(session, incident.number, message, {"text": ""})
            timeline.mark_deleted(session, incident.number, ts, utcnow())
        # A deleted card, playbook message or digest message is drawn again.
        redrawn = displays.outdate_message(session, event["channel"], ts)
    for number in redrawn:
        refresh_soon(services, number)


def keep_join(services: Services, event: Event) -> None:
    """Someone is in the incident's channel; when it is the bot itself, it may have been gone."""
    if event["user"] == services.slack.user_id():
        keep_return(services, event)
        return
    with services.store.transaction() as session:
        incident = incidents.of_channel(session, event["channel"])
        if incident is None:
            return
        incidents.join(session, incident.number, [event["user"]], utcnow())
        key = f"joined:{event['user']}:{event.get('event_ts', '')}"
        timeline.append_once(session, incident.number, key, "joined", utcnow(), event["user"])


def keep_leave(services: Services, event: Event) -> None:
    """Someone left the incident's channel; when it is the bot itself, nothing can be shown any more."""
    if event["user"] == services.slack.user_id():
        keep_loss(services, event)
        return
    with services.store.transaction() as session:
        incident = incidents.of_channel(session, event["channel"])
        if incident:
            incidents.leave(session, incident.number, event["user"])
            key = f"left:{event['user']}:{event.get('event_ts', '')}"
            timeline.append_once(session, incident.number, key, "left", utcnow(), event["user"])


def keep_mark(services: Services, event: Event) -> None:
    """A reaction says that a message matters."""
    if event["reaction"] in MARKING_REACTIONS and event["item"].get("type") == "message":
        _mark(services, event["item"]["channel"], event["item"]["ts"], event["user"], is_marked=True)


def keep_unmark(services: Services, event: Event) -> None:
    """The reaction was taken back."""
    if event["reaction"] in MARKING_REACTIONS and event["item"].get("type") == "message":
        _mark(services, event["item"]["channel"], event["item"]["ts"], event["user"], is_marked=False)


def keep_pin(services: Services, event: Event) -> None:
    """A pin says that a message matters."""
    _mark(services, event["channel_id"], _pinned_ts(event), event["user"], is_marked=True)


def keep_unpin(services: Services, event: Event) -> None:
    """The pin was taken away."""
    _mark(services, event["channel_id"], _pinned_ts(event), event["user"], is_marked=False)


def _pinned_ts(event: Event) -> str:
    return str(event["item"].get("message", {}).get("ts", ""))


def _mark(services: Services, channel_id: str, ts: str, by: str, *, is_marked: bool) -> None:
    with services.store.transaction() as session:
        incident = incidents.of_channel(session, channel_id)
        if incident:
            timeline.mark(session, incident.number, ts, by, is_marked=is_marked)


def keep_loss(services: Services, event: Event) -> None:
    """The incident's channel was archived or deleted, or the bot was removed: it is said where it can be."""
    with services.store.transaction() as session:
        incident = incidents.of_channel(session, event["channel"])
        if incident and incident.is_active:
            losses.lose_channel(session, incident, LOSSES.get(event["type"], losses.REMOVED), utcnow())
    send_soon(services)


def keep_return(services: Services, event: Event) -> None:
    """The incident's channel is back: everything is drawn again."""
    with services.store.transaction() as session:
        incident = incidents.of_channel(session, event["channel"])
        if incident is None or not losses.find_channel(session, incident, utcnow()):
            return
    refresh_soon(services, incident.number)


def keep_person(services: Services, event: Event) -> None:
    """A person joined the workspace or changed."""
    heard(services, event["user"])


def keep_group(services: Services, event: Event) -> None:
    """A user group changed."""
    group = event["subteam"]
    if group["handle"] in services.floor.groups:
        with services.store.transaction() as session:
            directory.remember_group(session, group["handle"], group["id"], list(group.get("users") or []))


def open_home(services: Services, event: Event) -> None:
    """Someone looks at their home tab."""
    user_id = event["user"]
    services.soon.do(f"home:{user_id}", functools.partial(show_home, services, user_id))
