"""Looking at how the app is installed, for `watchfloor doctor`; nothing is changed."""

from dataclasses import dataclass

from bot.slack.gateway import Gateway


@dataclass(frozen=True)
class Installation:
    """Where the token leads, and what was granted with it."""

    team: str
    bot_name: str
    scopes: frozenset[str] | None


def installation(gateway: Gateway) -> Installation:
    """Who the bot is in which workspace. The scopes are None where Slack does not say them."""
    identity = gateway.call("auth.test")
    headers = gateway.client.api_call("auth.test").headers
    scope_header = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    scopes = frozenset(scope.strip() for scope in scope_header.split(",")) if scope_header else None
    return Installation(str(identity.get("team", "")), str(identity.get("user", "")), scopes)


def check_socket_mode(gateway: Gateway) -> None:
    """Ask for a Socket Mode address without using it; `SlackRefused` when the app has no such right."""
    gateway.call("apps.connections.open")


def channel_memberships(gateway: Gateway) -> dict[str, bool]:
    """Every channel the bot may see by name, and whether it is in it."""
    memberships: dict[str, bool] = {}
    cursor: str | None = None
    while True:
        page = gateway.call(
            "conversations.list",
            types="public_channel,private_channel",
            exclude_archived=True,
            limit=200,
            cursor=cursor,
        )
        memberships |= {channel["name"]: bool(channel.get("is_member")) for channel in page["channels"]}
        cursor = page.get("response_metadata", {}).get("next_cursor") or None
        if not cursor:
            return memberships
