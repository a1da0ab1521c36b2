"""Subscribing and unsubscribing, by button and by command. Nobody learns of what they may not see."""

from datetime import datetime

from sqlmodel import Session

from bot.directory.lookup import who
from bot.directory.rules import NotForGuests, Who
from bot.incidents import participants
from bot.incidents import tables as incidents
from bot.incidents.rules import check_may_change
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import near_time
from bot.subscriptions import tables, views
from bot.subscriptions.copies import next_for
from bot.subscriptions.rules import OnlyWhatYouSee, PrivateStays, read_scope
from bot.subscriptions.tables import Subscription
from bot.subscriptions.views import Screen


def subscribe(services: Services, number: int, by: str, now: datetime) -> Screen:
    """Updates of one incident by direct message. Gives back what to answer."""
    person = _reader(services, by)
    with services.store.transaction() as session:
        incident = _seen(session, number, person)
        check_may_change(number, incident.status)
        if incident.is_private:
            raise PrivateStays(number=number)
        is_new = tables.set_for_incident(session, by, number, now, is_wanted=True)
        begins = "You get" if is_new else "You get already"
        words = f"{begins} the updates of incident {number} by direct message, when the channel gets them."
        if due_at := next_for(session, services, incident, by):
            words += f" The next comes {near_time(due_at, now)}."
    return views.answered(words, number, is_subscribed=True)


def unsubscribe(services: Services, number: int, by: str, now: datetime) -> Screen:
    """No more updates of one incident, whatever else was subscribed to. Gives back what to answer."""
    person = _reader(services, by)
    with services.store.transaction() as session:
        incident = _seen(session, number, person)
        was = tables.is_subscribed(session, by, incident)
        tables.set_for_incident(session, by, number, now, is_wanted=False)
    done = "You get no more" if was else "You get no"
    words = f"{done} updates of incident {number} by direct message."
    return views.answered(words, number, is_subscribed=False)


def subscribe_to(services: Services, given: str, by: str, now: datetime) -> str:
    """Updates of everything a severity, type or site covers, from now on. Gives back what to answer."""
    if not _reader(services, by).may_act:
        raise OnlyWhatYouSee()
    scope = read_scope(given, services.floor.types, services.floor.sites)
    with services.store.transaction() as session:
        is_new = tables.add_standing(session, by, scope, now)
    begins = "You get" if is_new else "You get already"
    about = views.named(scope, services.floor)
    return f"{begins} updates by direct message: {about}. `/incident subscriptions` shows and ends them."


def unsubscribe_from(services: Services, given: str, by: str) -> str:
    """The end of a standing subscription, or of all. Gives back what to answer."""
    _reader(services, by)
    scope = read_scope(given, services.floor.types, services.floor.sites)
    is_all = not scope.key.strip("|")
    with services.store.transaction() as session:
        ended = tables.drop_standing(session, by, None if is_all else scope.key)
        ended += tables.drop_incidents(session, by) if is_all else 0
    about = views.named(scope, services.floor)
    if not ended:
        return f"You had not subscribed to that ({about}). `/incident subscriptions` shows what you get."
    return f"Ended: {about}. `/incident subscriptions` shows what you still get."


def drop(services: Services, subscription_id: int, by: str) -> Screen:
    """The end of one subscription of the list, which is shown again."""
    with services.store.transaction() as session:
        row = session.get(Subscription, subscription_id)
        if row is not None and row.user_id == by:
            session.delete(row)
    return subscriptions(services, by)


def subscriptions(services: Services, by: str) -> Screen:
    """Everything somebody subscribed to."""
    _reader(services, by)
    with services.store.reading() as session:
        rows = tables.of_person(session, by)
        known = incidents.several(session, [row.incident_id for row in rows if row.incident_id])
    return views.listed(rows, known, services.floor)


def _reader(services: Services, by: str) -> Who:
    """Whoever may read updates at all; people of other companies and bots may not."""
    person = who(services, by)
    if person.is_stranger or person.is_bot:
        raise NotForGuests()
    return person


def _seen(session: Session, number: int, person: Who) -> Incident:
    incident = incidents.by_number(session, number)
    incidents.check_visible(session, incident, person.id)
    if person.is_guest and not participants.takes_part(session, number, person.id):
        raise OnlyWhatYouSee()
    return incident
