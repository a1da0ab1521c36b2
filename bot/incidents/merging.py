"""Merges two incidents: the merged one ends and leads to the other, which takes over its sites and partners."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.incidents import incidents, invitations, lifecycle, merge_rules, wording
from bot.incidents.change import Change
from bot.incidents.events import Merged
from bot.incidents.permissions import check_member, check_permission
from bot.incidents.recognition import Scope
from bot.incidents.rules import OPEN, Status
from bot.incidents.scope import scope_of, set_scope
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import channel_link


def merge(services: Services, number: int, into: int, by: str, now: datetime) -> str:
    """Merge an incident into another one in a single transaction. Return the answer to show."""
    check_member(services, by)
    with services.database.transaction() as session:
        incident, target = _locked(session, number, into)
        for one in (incident, target):
            incidents.check_visible(session, one, by)
            check_permission(services, session, by, "close", one.number)
        merge_rules.check_may_merge(incident, target)
        change = Change(session, services, incident, by, now)
        target_change = Change(session, services, target, by, now)
        was_open = incident.status in OPEN
        incident.merged_into = into
        for earlier in incidents.lead_on(session, number, into):
            outbox.mark_stale(session, earlier)
        event = Merged(into, target.title, was_open)
        lifecycle.set_and_publish(change, Status.MERGED, "merged", event, number=into)
        _take_over(target_change, incident)
        _say_where_it_goes_on(change, target)
        change.mark_stale()
        target_change.mark_stale()
    return wording.merged(number, into, channel_link(target.channel_id or ""))


def _locked(session: Session, number: int, into: int) -> tuple[Incident, Incident]:
    # Locked in numerical order, so that two incidents merged into each other at once cannot deadlock.
    locked = {one: incidents.by_number_locked(session, one) for one in sorted({number, into})}
    return locked[number], locked[into]


def _take_over(change: Change, merged: Incident) -> None:
    """Log the merge in the target, add the merged incident's sites and partners, and invite its role holders."""
    change.log("merged_from", number=merged.number, text=merged.title)
    own, added = scope_of(change.incident), scope_of(merged)
    sites = tuple(dict.fromkeys((*own.sites, *added.sites)))
    partners = tuple(dict.fromkeys((*own.partners, *added.partners)))
    set_scope(change, Scope(own.type, sites, partners))
    holders = {user_id for held in incidents.roles(change.session, merged.number).values() for user_id in held}
    if holders and not change.incident.is_private:
        key = f"merged:{merged.number}:{change.number}"
        invitations.invite(change.session, change.number, key, change.now, sorted(holders))


def _say_where_it_goes_on(change: Change, target: Incident) -> None:
    if change.incident.channel_id is None:
        return
    where = channel_link(target.channel_id or "")
    text = wording.goes_on_in(target.number, where)
    key = f"merged:{change.number}"
    outbox.post(change.session, key, change.incident.channel_id, text, change.now, incident_id=change.number)
