"""Asking for a post-mortem: at the close for everyone who is to have it, by command for oneself."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.incidents import participants, rules
from bot.incidents import tables as incidents
from bot.incidents.change import Change
from bot.incidents.events import Closed, Reopened
from bot.incidents.permissions import check_member
from bot.outbox import kinds
from bot.postmortems import copies, review, tables, versions
from bot.postmortems.delivery import deliver
from bot.services import Services
from bot.slack.text import mention
from bot.timeline import tables as timeline

UTC = "UTC"


def follow_close(change: Change, event: Closed) -> None:
    """The draft is on its way with the change; the person who closes is told to whom it goes."""
    recipient = at_close(change)
    change.answers.append(f"The post-mortem draft goes to {mention(recipient)} by direct message.")


def put_aside(change: Change, event: Reopened) -> None:
    """Nobody is reminded of the draft of an incident that is open again."""
    tables.put_aside(change.session, change.number)
    change.mark_stale(kinds.POST_MORTEM)


def at_close(change: Change) -> str:
    """The draft goes to the commander, or to the declarer when nobody led; copies to whoever is to have one.

    Gives back the recipient.
    """
    session, services, incident, now = change.session, change.services, change.incident, change.now
    number = incident.number
    recipient = incidents.commander(session, number) or incident.declared_by
    others = [incident.declared_by, *_named(session, services)]
    if incident.is_private:
        others = [user_id for user_id in others if participants.takes_part(session, number, user_id)]
    due_at = _due_at(change, recipient)
    made = versions.request(
        session,
        number,
        [recipient, *others],
        now,
        due_at=due_at,
        remind_at=review.first_reminder(due_at, now) if due_at else None,
    )
    deliver(session, made, now)
    return recipient


def _named(session: Session, services: Services) -> Iterable[str]:
    """Whom `floor.yaml` names, as far as they are known; nobody waits here for Slack to say more."""
    for name in services.floor.postmortems.copy_to:
        if not name.startswith("@"):
            yield name
            continue
        handle = name.removeprefix("@")
        person = directory.by_handle(session, handle)
        yield from [person] if person else directory.members(session, handle) or []


def _due_at(change: Change, recipient: str) -> datetime | None:
    """By the gravest severity it ever had, in the zone of who gets the draft."""
    session, services, incident = change.session, change.services, change.incident
    severities = [incident.severity]
    for entry in timeline.since(session, incident.number, incident.declared_at, ("severity",)):
        severities += [str(entry.facts.get("old")), str(entry.facts.get("new"))]
    gravest = min(severity for severity in severities if severity in services.floor.severities)
    within = services.floor.severity(gravest).postmortem_within
    if within is None:
        return None
    person = directory.person(session, recipient)
    return review.due_at(change.now, within, person.timezone if person else UTC)


def ask(services: Services, number: int, asked_key: str, by: str, now: datetime) -> str:
    """The post-mortem for who asks: a preview while the incident goes on, the newest version afterwards."""
    check_member(services, by)
    with services.store.transaction() as session:
        incident = incidents.locked(session, number)
        incidents.check_visible(session, incident, by)
        if incident.status in rules.ACTIVE:
            made = versions.preview(session, number, f"preview:{asked_key}", by, now)
        else:
            made = tables.newest(session, number)
            had = made and copies.of_place(session, made.number, by)
            if had and had.delivered_at:
                return "You have it in your direct messages with me; its files are in the thread there."
            if made is None:
                made = versions.request(session, number, [by], now)
            copies.add(session, made, by)
        if made is not None:
            deliver(session, made, now)
    return f"The post-mortem of incident {number} as it stands comes to you, {mention(by)}, by direct message."
