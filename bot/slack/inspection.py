"""Inspects how the app is installed, for `watchfloor doctor`; changes nothing."""

from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request

from msgspec import Struct

from bot.slack.gateway import Gateway
from bot.slack.web_socket import WebSocket

REACH_TIMEOUT_S = 5.0
PROXY_WANTS_PASSWORD = 407


class Installation(Struct, frozen=True):
    """The workspace that the token opens, and what was granted with it."""

    team: str
    bot_name: str
    scopes: frozenset[str] | None


def installation(gateway: Gateway) -> Installation:
    """The bot's name, its workspace and its scopes, which are None if Slack does not state them."""
    identity = gateway.call("auth.test")
    headers = gateway.client.api_call("auth.test").headers
    scope_header = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    scopes = frozenset(scope.strip() for scope in scope_header.split(",")) if scope_header else None
    return Installation(str(identity.get("team", "")), str(identity.get("user", "")), scopes)


def check_socket_mode(gateway: Gateway) -> None:
    """Open a Socket Mode connection and wait for Slack's hello.

    Raises `SlackRefused` if the app has no such right, `WebSocketRefused` if nothing comes through it,
    `WebSocketEnded` if Slack ends it instead.
    """
    url = str(gateway.call("apps.connections.open")["url"])
    WebSocket(url, gateway.network).close()


def unreachable(gateway: Gateway, url: str) -> str:
    """Why nothing answers at a URL; empty if something does, whatever the answer is."""
    try:
        gateway.network.open(Request(url, method="HEAD"), REACH_TIMEOUT_S).close()  # noqa: S310 - Slack's own
    except HTTPError as answered:
        return "" if answered.code != PROXY_WANTS_PASSWORD else "the proxy asks for a password"
    except (OSError, HTTPException) as lost:
        return str(getattr(lost, "reason", lost)) or type(lost).__name__
    return ""


def channel_memberships(gateway: Gateway) -> dict[str, bool]:
    """All channels that the bot may see, by name, and whether it is in them."""
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
