"""Subscribing and unsubscribing, by button and by command; never reveals an incident the user may not see."""

from datetime import datetime

from sqlmodel import Session

from bot.directory.lookup import person_of
from bot.directory.rules import NotForGuests, PersonFacts
from bot.incidents import incidents, participants
from bot.incidents.change import Change
from bot.incidents.events import Merged
from bot.incidents.facts import CATCH_UP
from bot.incidents.registry import Registry
from bot.incidents.rules import check_may_change
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Message
from bot.slack.text import near_time
from bot.subscriptions import tables, views, wording
from bot.subscriptions.copies import next_update_for
from bot.subscriptions.rules import OnlyYourChannels, PrivateIncident, read_scope
from bot.subscriptions.tables import Subscription


def follow_merge(change: Change, event: Merged) -> None:
    """Move the merged incident's subscribers to the incident it was merged into."""
    tables.move(change.session, change.number, event.into)


def subscribe(services: Services, number: int, by: str, now: datetime) -> Message:
    """Subscribe the user to one incident's updates by direct message; return the answer."""
    person = _reader(services, by)
    with services.database.transaction() as session:
        incident = _visible_incident(session, number, person)
        check_may_change(number, incident.status)
        if incident.is_private:
            raise PrivateIncident(number=number)
        is_new = tables.set_for_incident(session, by, number, now, is_wanted=True)
        text = wording.subscribed(number, is_new=is_new)
        if due_at := next_update_for(session, services, incident, by):
            text += wording.NEXT_UPDATE.format(due=near_time(due_at, now))
    text, blocks = views.confirmation(text, number, is_subscribed=True)
    if is_new and person.may_act:
        blocks += services.get(Registry).ask(CATCH_UP)(services, incident, by)
    return text, blocks


def unsubscribe(services: Services, number: int, by: str, now: datetime) -> Message:
    """Stop one incident's updates, whatever else the user subscribed to; return the answer.

    The updates of a merged incident are those of the incident in which it continues.
    """
    person = _reader(services, by)
    with services.database.transaction() as session:
        incident = _visible_incident(session, number, person)
        if incident.merged_into:
            incident = incidents.by_number(session, incident.merged_into)
            number = incident.number
        was_subscribed = tables.is_subscribed(session, by, incident)
        tables.set_for_incident(session, by, number, now, is_wanted=False)
    text = wording.unsubscribed(number, was_subscribed=was_subscribed)
    return views.confirmation(text, number, is_subscribed=False)


def subscribe_to(services: Services, typed_scope: str, by: str, now: datetime) -> str:
    """Subscribe the user to everything a severity, type or site covers, from now on; return the answer."""
    check_may_choose(services, by)
    scope = read_scope(typed_scope, services.floor.types, services.floor.sites)
    with services.database.transaction() as session:
        is_new = tables.add_standing(session, by, scope, now)
    return wording.standing(views.describe_scope(scope, services.floor), is_new=is_new)


def check_may_choose(services: Services, by: str) -> None:
    """Refuse everybody who may not choose by severity, type or site: guests see only their own channels."""
    if not _reader(services, by).may_act:
        raise OnlyYourChannels()


def unsubscribe_from(services: Services, typed_scope: str, by: str) -> str:
    """End a standing subscription, or all subscriptions; return the answer."""
    _reader(services, by)
    scope = read_scope(typed_scope, services.floor.types, services.floor.sites)
    is_all = not scope.key.strip("|")
    with services.database.transaction() as session:
        ended_count = tables.delete_standing(session, by, None if is_all else scope.key)
        ended_count += tables.delete_of_incidents(session, by) if is_all else 0
    scope_text = views.describe_scope(scope, services.floor)
    if not ended_count:
        return wording.NOT_SUBSCRIBED.format(scope=scope_text)
    return wording.ENDED.format(scope=scope_text)


def end_subscription(services: Services, subscription_id: int, by: str) -> Message:
    """End one subscription of the list; return the updated list."""
    with services.database.transaction() as session:
        row = session.get(Subscription, subscription_id)
        if row is not None and row.user_id == by:
            session.delete(row)
    return subscription_list(services, by)


def subscription_list(services: Services, by: str, page: int = 1) -> Message:
    """The user's subscriptions, page by page."""
    person = _reader(services, by)
    with services.database.reading() as session:
        rows = tables.of_person(session, by)
        if person.is_guest:  # of the channels that they are in
            rows = [row for row in rows if participants.takes_part(session, row.incident_id or 0, by)]
        incidents_by_number = incidents.by_numbers(session, [row.incident_id for row in rows if row.incident_id])
    if not rows:
        return wording.none_yet(may_choose=person.may_act), []
    return views.subscription_screen(rows, incidents_by_number, services.floor, page)


def _reader(services: Services, by: str) -> PersonFacts:
    """Return the user if they may read updates at all; people of other companies and bots may not."""
    person = person_of(services, by)
    if person.is_stranger or person.is_bot:
        raise NotForGuests()
    return person


def _visible_incident(session: Session, number: int, person: PersonFacts) -> Incident:
    incident = incidents.by_number(session, number)
    incidents.check_visible(session, incident, person.id)
    if person.is_guest and not participants.takes_part(session, number, person.id):
        raise OnlyYourChannels()
    return incident
