"""Requests for a post-mortem: at the close for all its recipients, by command for the user alone."""

from datetime import datetime

from bot import directory, outbox
from bot.incidents import incidents, participants, rules
from bot.incidents.change import Change
from bot.incidents.events import Closed, MadePrivate, MembersChanged, Reopened, SituationChanged
from bot.incidents.people import known_people
from bot.incidents.permissions import changing_as
from bot.incidents.roles import lead_of
from bot.outbox import kinds
from bot.postmortems import copies, review, tables, versions, wording
from bot.postmortems.delivery import deliver, start_over
from bot.services import Services
from bot.slack.text import mention
from bot.timeline import timeline

UTC = "UTC"


def follow_close(change: Change, event: Closed) -> None:
    """Request the draft together with the close; the answer names its recipient."""
    recipient = request_at_close(change)
    change.answers.append(wording.DRAFT_GOES_TO.format(person=mention(recipient)))


def follow_members(change: Change, event: MembersChanged) -> None:
    """Update the messages about it: only people in the channel of a private incident read of it."""
    change.mark_stale(kinds.POST_MORTEM)


def withdraw_published(change: Change, event: MadePrivate) -> None:
    """Take back what is published: one that is still on its way shows nothing of the incident."""
    for copy in copies.in_channels(change.session, change.number):
        copy.is_published = False


def stop_reminders(change: Change, event: Reopened) -> None:
    """Stop reminders of the drafts of a reopened incident."""
    tables.set_aside(change.session, change.number)
    change.mark_stale(kinds.POST_MORTEM)


def offer_to_rewrite(change: Change, event: SituationChanged) -> None:
    """Say how something that is recorded after the close comes into the draft."""
    if not change.incident.is_active:
        change.answers.append(wording.WRITE_IT_AGAIN)


def request_at_close(change: Change) -> str:
    """Send the draft to the commander, or to the declarer if there was none, and copies to the other recipients.

    Return the recipient.
    """
    session, services, incident, now = change.session, change.services, change.incident, change.now
    number = incident.number
    lead = lead_of(session, incident)
    # If all of them are gone, the person who closes it is available.
    recipient = change.by if lead == incident.channel_id and change.by else lead
    copied_people = known_people(session, services, number, services.floor.postmortems.copy_to, now)
    other_people = [incident.declared_by, *copied_people]
    gone_ids = directory.gone(session, other_people)
    other_people = [user_id for user_id in other_people if user_id not in gone_ids]
    if incident.is_private:
        other_people = [user_id for user_id in other_people if participants.takes_part(session, number, user_id)]
    due_at = _due_at(change, recipient)
    postmortem = versions.request(
        session,
        number,
        [recipient, *other_people],
        now,
        due_at=due_at,
        remind_at=review.first_reminder(due_at, now) if due_at else None,
    )
    deliver(session, postmortem, now)
    return recipient


def release_author(services: Services, user_id: str) -> None:
    """Remove a deactivated user as author of unfinished post-mortems, so that other holders get the reminders."""
    with services.database.transaction() as session:
        for number in sorted(tables.release_author(session, user_id)):
            outbox.mark_stale(session, number, (kinds.POST_MORTEM,))


def _due_at(change: Change, recipient: str) -> datetime | None:
    """Return the due time by the gravest severity the incident ever had, in the recipient's zone."""
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


def request_by_command(services: Services, number: int, asked_key: str, by: str, now: datetime) -> str:
    """Deliver a preview while the incident is active, or else the newest version. Return the answer."""
    with changing_as(services, by) as session:
        incident = incidents.by_number_locked(session, number)
        incidents.check_visible(session, incident, by)
        if incident.status in rules.ACTIVE:
            postmortem = versions.preview(session, number, f"preview:{asked_key}", by, now)
        else:
            postmortem = tables.newest(session, number)
            existing_copy = postmortem and copies.of_place(session, postmortem.number, by)
            if existing_copy and existing_copy.delivered_at and not existing_copy.trouble:
                return wording.YOU_HAVE_IT
            if postmortem is None:
                postmortem = versions.request(session, number, [by], now)
            start_over(session, copies.add(session, postmortem, by))
        if postmortem is not None:
            deliver(session, postmortem, now)
    return wording.COMES.format(number=number, person=mention(by))
