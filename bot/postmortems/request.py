"""Asking for a post-mortem: at the close for everyone who is to have it, by command for oneself."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.incidents import participants, rules
from bot.incidents import tables as incidents
from bot.incidents.permissions import check_member
from bot.incidents.tables import Incident
from bot.postmortems import copies, review, tables, versions
from bot.postmortems.delivery import deliver_soon
from bot.services import Services
from bot.slack.text import mention
from bot.timeline import tables as timeline

UTC = "UTC"


def at_close(session: Session, services: Services, incident: Incident, now: datetime) -> tuple[str, int]:
    """The draft goes to the commander, or to the declarer when nobody led; copies to whoever is to have one.

    Gives back the recipient and the post-mortem's number.
    """
    number = incident.number
    recipient = incidents.commander(session, number) or incident.declared_by
    others = [incident.declared_by, *_named(session, services)]
    if incident.is_private:
        others = [user_id for user_id in others if participants.takes_part(session, number, user_id)]
    due_at = _due_at(session, services, incident, recipient, now)
    made = versions.request(
        session,
        number,
        [recipient, *others],
        now,
        due_at=due_at,
        remind_at=review.first_reminder(due_at, now) if due_at else None,
    )
    return recipient, made.number


def _named(session: Session, services: Services) -> Iterable[str]:
    """Whom `floor.yaml` names, as far as they are known; nobody waits here for Slack to say more."""
    for name in services.floor.postmortems.copy_to:
        if not name.startswith("@"):
            yield name
            continue
        handle = name.removeprefix("@")
        person = directory.by_handle(session, handle)
        yield from [person] if person else directory.members(session, handle) or []


def _due_at(
    session: Session, services: Services, incident: Incident, recipient: str, now: datetime
) -> datetime | None:
    """By the gravest severity it ever had, in the zone of who gets the draft."""
    severities = [incident.severity]
    for entry in timeline.since(session, incident.number, incident.declared_at, ("severity",)):
        severities += [str(entry.facts.get("old")), str(entry.facts.get("new"))]
    gravest = min(severity for severity in severities if severity in services.floor.severities)
    within = services.floor.severity(gravest).postmortem_within
    if within is None:
        return None
    person = directory.person(session, recipient)
    return review.due_at(now, within, person.timezone if person else UTC)


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
        deliver_soon(services, made.number)
    return f"The post-mortem of incident {number} as it stands comes to you, {mention(by)}, by direct message."
