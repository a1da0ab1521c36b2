"""Which workspace a request of Slack comes from. Pure."""

from collections.abc import Collection, Iterator
from typing import Any

from bot.directory.rules import Home

Payload = dict[str, Any]


def team_of(body: Payload) -> str:
    """The workspace that the request names."""
    return str(body.get("team_id") or (body.get("team") or {}).get("id") or "")


def is_ours(body: Payload, home: Home, own_ids: Collection[str]) -> bool:
    """Does the request belong to the workspaces that the bot works for?

    In a channel shared with a partner Slack names the partner's workspace with what its people do: the bot's own
    message, or a form that it opened from here, tells that it is ours.
    """
    places = list(_places(body))
    if not places or any(home.holds(team_id, enterprise_id) for team_id, enterprise_id in places):
        return True
    message = body.get("message") or {}
    return bool({message.get("user"), message.get("bot_id")} & {*own_ids})


def _places(body: Payload) -> Iterator[tuple[str, str]]:
    enterprise_id = str(body.get("enterprise_id") or (body.get("enterprise") or {}).get("id") or "")
    if team_id := team_of(body):
        yield team_id, enterprise_id
    view = body.get("view") or {}
    if team_id := str(view.get("app_installed_team_id") or ""):
        yield team_id, enterprise_id
    for authorization in body.get("authorizations") or ():
        yield str(authorization.get("team_id") or ""), str(authorization.get("enterprise_id") or "")
