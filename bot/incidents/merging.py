"""Merges two incidents: the merged one ends and leads to the other, which takes over its sites and partners.

A merge by mistake is undone by reopening the merged one; what came along stays with the other.
"""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.incidents import incidents, invitations, lifecycle, merge_rules, rules, wording
from bot.incidents.change import Change
from bot.incidents.events import Merged
from bot.incidents.permissions import changing_as, check_permission
from bot.incidents.recognition import Scope
from bot.incidents.rules import OPEN, Status
from bot.incidents.scope import scope_of, set_scope
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import channel_link, mention, one_line
from bot.timeline import timeline

# The end of the key of the message in the incident that takes over.
HERE = ":here"


def merge(services: Services, number: int, target_number: int, by: str, now: datetime) -> str:
    """Merge an incident into another one in a single transaction. Return the answer."""
    with changing_as(services, by) as session:
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
        entry_number = lifecycle.set_and_publish(change, Status.MERGED, "merged", event, number=target_number)
        # An incident may be merged again, after a merge that was undone.
        key = _key_of(entry_number)
        _take_over(target_change, incident, key)
        _post_link_to_target(change, target, key)
        _post_in_target(target_change, incident, key)
        change.mark_stale()
        target_change.mark_stale()
    return wording.MERGED.format(
        number=number, target_number=target_number, channel=channel_link(target.channel_id or "")
    )


def _key_of(entry_number: int) -> str:
    return f"merged:{entry_number}"


def reopen(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """Reopen the incident; a merged one becomes one of its own again. Return the answer."""
    with services.database.reading() as session:
        target_number = incidents.by_number(session, number).merged_into
    if target_number is None:
        return lifecycle.reopen(services, number, reason, by, now)
    with changing_as(services, by) as session:
        incident, target = _lock_incidents(session, number, target_number)
        incidents.check_visible(session, incident, by)
        check_permission(services, session, by, "close", number)
        if incident.merged_into != target_number:
            raise rules.StillOpen(number=number, status=incident.status)
        incident.merged_into = None
        change = Change(session, services, incident, by, now)
        # Everybody was told that a resolved incident is over, and nothing of its merge.
        lifecycle.reopen_within(change, reason, was_merged=incident.resolved_at is None)
        _tell_target(Change(session, services, target, by, now), incident, reason)
        change.mark_stale()
    return " ".join([wording.UNMERGED.format(number=number, target_number=target_number), *change.answers])


def _tell_target(change: Change, unmerged_incident: Incident, reason: str) -> None:
    """Log in the target, and tell people there, that an incident was taken out of it again.

    Of a private incident they read only the number: its people may be others than the target's.
    """
    title, told_reason = ("", "") if unmerged_incident.is_private else (unmerged_incident.title, reason)
    entry_number = change.log("unmerged", number=unmerged_incident.number, reason=told_reason)
    change.mark_stale()
    if change.incident.channel_id is None:
        return
    text = wording.unmerged_here(
        unmerged_incident.number,
        one_line(title, rules.REASON_SHOWN),
        mention(change.by),
        one_line(told_reason, rules.REASON_SHOWN),
    )
    key = f"unmerged:{entry_number}"
    outbox.post(change.session, key, change.incident.channel_id, text, change.now, incident_id=change.number)


def hide_words(change: Change) -> None:
    """Leave only the number of an incident that becomes private where people were told of its merges."""
    session, number = change.session, change.number
    for merged in timeline.of_kinds(session, number, ("merged",)):
        text = wording.merged_here(number, "", mention(merged.actor_id or ""), "", "")
        _reword(change, _key_of(merged.number) + HERE, text)
        for unmerged in timeline.of_kinds(session, merged.facts["number"], ("unmerged",)):
            if unmerged.facts["number"] == number:
                text = wording.unmerged_here(number, "", mention(unmerged.actor_id or ""), "")
                _reword(change, f"unmerged:{unmerged.number}", text)


def _reword(change: Change, key: str, text: str) -> None:
    row = outbox.by_key(change.session, key)
    if row:
        outbox.edit(change.session, row, (), change.now, text=text)


def _lock_incidents(session: Session, number: int, target_number: int) -> tuple[Incident, Incident]:
    # Locked in numerical order, so that two incidents merged into each other at once cannot deadlock.
    incidents_by_number = {one: incidents.by_number_locked(session, one) for one in sorted({number, target_number})}
    return incidents_by_number[number], incidents_by_number[target_number]


def _take_over(change: Change, merged_incident: Incident, key: str) -> None:
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
        invitations.invite(change.session, change.number, f"{key}:invited", change.now, sorted(holders))


def _post_link_to_target(change: Change, target: Incident, key: str) -> None:
    if change.incident.channel_id is None:
        return
    target_link = channel_link(target.channel_id or "")
    text = wording.GOES_ON_IN.format(number=target.number, channel=target_link)
    outbox.post(
        change.session, f"{key}:link", change.incident.channel_id, text, change.now, incident_id=change.number
    )


def _post_in_target(change: Change, merged_incident: Incident, key: str) -> None:
    """Tell people in the target what was merged into it, and with which impact: the card notifies nobody.

    Of a private incident they read only the number: its people may be others than the target's.
    """
    if change.incident.channel_id is None:
        return
    is_private = merged_incident.is_private
    title = "" if is_private else one_line(merged_incident.title, rules.REASON_SHOWN)
    impact = "" if is_private else one_line(merged_incident.impact, rules.REASON_SHOWN)
    is_higher = rules.is_higher(merged_incident.severity, than=change.incident.severity)
    higher_severity = merged_incident.severity if is_higher else ""
    text = wording.merged_here(merged_incident.number, title, mention(change.by), impact, higher_severity)
    outbox.post(change.session, key + HERE, change.incident.channel_id, text, change.now, incident_id=change.number)
