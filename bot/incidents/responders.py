"""Invites the groups of an incident's severity and type when either changes."""

from collections.abc import Collection

from bot.incidents import drills, invitations, rules, wording
from bot.incidents.change import Change


def invite_added(change: Change, invited_before: Collection[str], key: str) -> None:
    """Invite the groups of its severity and type, as a declaration would have, except those invited before."""
    incident = change.incident
    groups = [
        name
        for name in change.services.floor.invited(incident.severity, incident.type)
        if name not in invited_before
    ]
    if not groups or incident.status not in rules.OPEN or not drills.may_page(change.services, incident):
        return
    invitations.invite(change.session, change.number, key, change.now, [], groups=groups)
    change.answers.append(wording.responders_invited(groups))
