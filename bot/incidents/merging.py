"""Merges two incidents: the merged one ends and leads to the other, which takes over its sites and partners."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.incidents import incidents, invitations, lifecycle, merge_rules, rules, wording
from bot.incidents.change import Change
from bot.incidents.events import Merged
from bot.incidents.permissions import check_member, check_permission
from bot.incidents.recognition import Scope
from bot.incidents.rules import OPEN, Status
from bot.incidents.scope import scope_of, set_scope
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import channel_link, mention, one_line


def merge(services: Services, number: int, target_number: int, by: str, now: datetime) -> str:
    """Merge an incident into another one in a single transaction. Return the answer to show."""
    check_member(services, by)
    with services.database.transaction() as session:
        incident, target = _lock_incidents(session, number, target_number)
        for either_incident in (incident, target):
            incidents.check_visible(session, either_incident, by)
            check_permission(services, session, by, "close", either_incident.number)
        merge_rules.check_may_merge(incident, target)
        change = Change(session, services, incident, by, now)
        target_change = Change(session, services, target, by, now)
        was_open = incident.status in OPEN
        incident.merged_into = target_number
        for earlier_number in incidents.redirect_merged(session, number, target_number):
            outbox.mark_stale(session, earlier_number)
        event = Merged(target_number, target.title, was_open)
        lifecycle.set_and_publish(change, Status.MERGED, "merged", event, number=target_number)
        _take_over(target_change, incident)
        _post_link_to_target(change, target)
        _post_in_target(target_change, incident)
        change.mark_stale()
        target_change.mark_stale()
    return wording.MERGED.format(
        number=number, target_number=target_number, channel=channel_link(target.channel_id or "")
    )


def _lock_incidents(session: Session, number: int, target_number: int) -> tuple[Incident, Incident]:
    # Locked in numerical order, so that two incidents merged into each other at once cannot deadlock.
    incidents_by_number = {one: incidents.by_number_locked(session, one) for one in sorted({number, target_number})}
    return incidents_by_number[number], incidents_by_number[target_number]


def _take_over(change: Change, merged_incident: Incident) -> None:
    """Log the merge in the target, add the merged incident's sites and partners, and invite its role holders."""
    change.log("merged_from", number=merged_incident.number, text=merged_incident.title)
    own_scope, merged_scope = scope_of(change.incident), scope_of(merged_incident)
    sites = tuple(dict.fromkeys((*own_scope.sites, *merged_scope.sites)))
    partners = tuple(dict.fromkeys((*own_scope.partners, *merged_scope.partners)))
    set_scope(change, Scope(own_scope.type, sites, partners))
    holders = {
        user_id
        for user_ids in incidents.roles(change.session, merged_incident.number).values()
        for user_id in user_ids
    }
    if holders and not change.incident.is_private:
        key = f"merged:{merged_incident.number}:{change.number}"
        invitations.invite(change.session, change.number, key, change.now, sorted(holders))


def _post_link_to_target(change: Change, target: Incident) -> None:
    if change.incident.channel_id is None:
        return
    target_link = channel_link(target.channel_id or "")
    text = wording.GOES_ON_IN.format(number=target.number, channel=target_link)
    key = f"merged:{change.number}"
    outbox.post(change.session, key, change.incident.channel_id, text, change.now, incident_id=change.number)


def _post_in_target(change: Change, merged_incident: Incident) -> None:
    """Tell people in the target what was merged into it, and with which impact: the card notifies nobody.

    Of a private incident they read only the number: its people may be others than the target's.
    """
    if change.incident.channel_id is None:
        return
    is_private = merged_incident.is_private
    title = "" if is_private else one_line(merged_incident.title, rules.REASON_SHOWN)
    impact = "" if is_private else one_line(merged_incident.impact, rules.REASON_SHOWN)
    text = wording.merged_here(merged_incident.number, title, mention(change.by), impact)
    key = f"merged-here:{merged_incident.number}:{change.number}"
    outbox.post(change.session, key, change.incident.channel_id, text, change.now, incident_id=change.number)
