"""Check of the workspace: whether it grants and contains what the bot and `floor.yaml` rely on."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.commands.doctor.findings import Finding, missing, note, ok
from bot.commands.doctor.tokens import INSTALL_PAGE, SOCKET_PAGE
from bot.commands.manifest import SCOPES_OF_EVENTS, scopes
from bot.config.floor import Floor
from bot.errors import TryLater
from bot.runtime.logs import redact
from bot.slack import inspection
from bot.slack.errors import SlackRefused
from bot.slack.gateway import Gateway
from bot.slack.web_socket import WebSocketEnded, WebSocketRefused

OTHER_HOSTS = {"hooks.slack.com": "answers to commands and clicks", "files.slack.com": "files"}
NETWORK_REMEDY = (
    "Behind a proxy set WATCHFLOOR_PROXY or HTTPS_PROXY; where it shows a certificate of your company, "
    "name the company's in WATCHFLOOR_CA_FILE. docs/troubleshooting.md says more."
)
REINSTALL = (
    "https://api.slack.com/apps → your app → App Manifest: paste what `watchfloor manifest` prints, then reinstall."
)


def check(gateway: Gateway, socket_gateway: Gateway | None, floor: Floor | None) -> Iterator[Finding]:
    """Ask Slack; `socket_gateway` is the gateway of the app token, or None in HTTP mode."""
    try:
        installation = inspection.installation(gateway)
    except SlackRefused as refused:
        yield missing(f"Slack refuses SLACK_BOT_TOKEN: {refused.error}.", INSTALL_PAGE)
        return
    except TryLater as silent:
        yield missing(f"Slack does not answer: {silent}.", f"Look at SLACK_API_URL. {NETWORK_REMEDY}")
        return
    yield ok(f"The bot is @{installation.bot_name} in the workspace {installation.team}.")
    yield from _check_scopes(installation.scopes)
    yield from _check_ways_out(gateway)
    yield from _check_socket_mode(socket_gateway)
    yield _events_note()
    if floor is not None:
        yield from _check_channels(gateway, floor)
        yield from _check_groups(gateway, floor)


def _check_scopes(granted_scopes: frozenset[str] | None) -> Iterator[Finding]:
    if granted_scopes is None:
        yield note("Slack does not say which scopes the token has.")
        return
    missing_scopes = [] if "*" in granted_scopes else [scope for scope in scopes() if scope not in granted_scopes]
    for scope in missing_scopes:
        yield missing(f"The scope {scope} is missing.", REINSTALL)
    if not missing_scopes:
        yield ok(f"All {len(scopes())} scopes are granted.")


def _check_ways_out(gateway: Gateway) -> Iterator[Finding]:
    """Check the hosts of Slack that are needed besides the Web API."""
    base_url = gateway.client.base_url
    if proxy := gateway.network.proxy_for(base_url):
        yield note(f"Requests go through the proxy {redact(proxy)}.")
    if not (urlsplit(base_url).hostname or "").endswith("slack.com"):
        return
    for host, use in OTHER_HOSTS.items():
        if reason := inspection.unreachable(gateway, f"https://{host}/"):
            yield missing(f"{host} cannot be reached ({use}): {reason}.", NETWORK_REMEDY)


def _check_socket_mode(socket_gateway: Gateway | None) -> Iterator[Finding]:
    if socket_gateway is None:
        yield note(
            "HTTP mode: the signing secret shows to be right with the first request that Slack sends.",
            "The running bot asks Slack every 15 seconds whether it answers; /healthz says when it does not.",
        )
        return
    try:
        inspection.check_socket_mode(socket_gateway)
    except SlackRefused as refused:
        yield missing(
            f"Socket Mode cannot be opened with SLACK_APP_TOKEN: {refused.error}.",
            f"Socket Mode must be switched on for the app. {SOCKET_PAGE}",
        )
    except TryLater as silent:
        yield missing(f"Socket Mode cannot be opened: {silent}.", "Try again in a moment.")
    except WebSocketRefused as refused:
        yield missing(
            f"Slack answers over HTTPS, but its WebSocket does not work: {refused}.",
            "A proxy or firewall must let WebSockets to wss-primary.slack.com and wss-backup.slack.com through. "
            "Where it cannot, use HTTP mode (SLACK_SIGNING_SECRET).",
        )
    except WebSocketEnded as ended:
        yield missing(
            f"Slack ends each new connection: {ended}.", "Stop the other processes that use this app's tokens."
        )
    else:
        yield ok("Socket Mode can be opened.")


def _events_note() -> Finding:
    return note(
        f"Slack does not tell an app which events it is sent; the bot counts on {', '.join(SCOPES_OF_EVENTS)}.",
        "Compare them at Event Subscriptions → Subscribe to bot events, and switch Delayed Events on.",
    )


def _check_channels(gateway: Gateway, floor: Floor) -> Iterator[Finding]:
    audiences = floor.audiences.values()
    names = {name.removeprefix("#") for audience in audiences for name in audience.channels if name.startswith("#")}
    names |= {partner.channel.removeprefix("#") for partner in floor.partners if partner.channel}
    try:
        memberships = inspection.channel_memberships(gateway)
    except (SlackRefused, TryLater) as failure:
        yield missing(f"The channels cannot be listed: {failure}", REINSTALL)
        return
    for name in sorted({floor.incidents_channel, *names}):
        if name not in memberships:
            remedy = "Make it, or name another in floor.yaml. If it is private: /invite the bot into it."
            yield missing(f"The channel #{name} of floor.yaml does not exist.", remedy)
        elif not memberships[name]:
            yield note(f"The bot is not in #{name}.", "It joins at its start; or /invite it.")
        else:
            yield ok(f"The bot is in #{name}.")


def _user_handles(gateway: Gateway) -> set[str]:
    try:
        return {str(user.get("name")) for page in gateway.people() for user in page if not user.get("deleted")}
    except (SlackRefused, TryLater):
        return set()


def _check_groups(gateway: Gateway, floor: Floor) -> Iterator[Finding]:
    if not floor.groups:
        return
    try:
        handles = {group["handle"] for group in gateway.groups()}
    except (SlackRefused, TryLater) as failure:
        yield missing(f"The user groups cannot be listed: {failure}", REINSTALL)
        return
    user_handles = _user_handles(gateway) if floor.people_or_groups - handles else set()
    for handle in sorted(floor.groups):
        if handle in handles:
            yield ok(f"The user group @{handle} exists.")
        elif handle in floor.people_or_groups & user_handles:
            yield ok(f"@{handle} is a person.")
        else:
            yield missing(
                f"The user group @{handle} of floor.yaml does not exist.", "Make it, or change floor.yaml."
            )
