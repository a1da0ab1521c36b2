"""Determines from which workspace a Slack request comes. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.directory.rules import Home
from bot.incidents.parse import Payload


def team_of(body: Payload) -> str:
    """The workspace that the request names."""
    return str(body.get("team_id") or _part(body, "team").get("id") or "")


def is_ours(body: Payload, home: Home, own_ids: Collection[str]) -> bool:
    """True if the request belongs to the workspaces that the bot serves.

    In a channel shared with a partner, Slack names the partner's workspace for its people's actions; the bot's own
    message, or a form that it opened from here, shows that the request is ours.
    """
    workspaces = list(_workspaces_of(body))
    if not workspaces or any(home.holds(team_id, enterprise_id) for team_id, enterprise_id in workspaces):
        return True
    message = _part(body, "message")
    return any(str(message.get(name)) in own_ids for name in ("user", "bot_id"))


def _workspaces_of(body: Payload) -> Iterator[tuple[str, str]]:
    enterprise_id = str(body.get("enterprise_id") or _part(body, "enterprise").get("id") or "")
    if team_id := team_of(body):
        yield team_id, enterprise_id
    if team_id := str(_part(body, "view").get("app_installed_team_id") or ""):
        yield team_id, enterprise_id
    authorizations = body.get("authorizations")
    for authorization in authorizations if isinstance(authorizations, list) else ():
        if isinstance(authorization, Mapping):
            yield str(authorization.get("team_id") or ""), str(authorization.get("enterprise_id") or "")


def _part(body: Payload, name: str) -> Mapping[str, Any]:
    """A part of the request; empty if it is missing or not a mapping."""
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}
