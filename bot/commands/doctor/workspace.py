"""Does the workspace grant and hold what the bot and `floor.yaml` count on?"""

from collections.abc import Iterator

from bot.commands.doctor.findings import Finding, missing, note, well
from bot.commands.doctor.tokens import INSTALL_PAGE, SOCKET_PAGE
from bot.commands.manifest import SCOPES_OF_EVENTS, scopes
from bot.config.floor import Floor
from bot.errors import TryLater
from bot.slack import inspection
from bot.slack.errors import SlackRefused
from bot.slack.gateway import Gateway

AGAIN = (
    "https://api.slack.com/apps → your app → App Manifest: paste what `watchfloor manifest` prints, then reinstall."
)


def look(gateway: Gateway, line: Gateway | None, floor: Floor | None) -> Iterator[Finding]:
    """Ask Slack; `line` is the gateway of the app token, or None in HTTP mode."""
    try:
        installed = inspection.installation(gateway)
    except SlackRefused as refused:
        yield missing(f"Slack refuses SLACK_BOT_TOKEN: {refused.error}.", INSTALL_PAGE)
        return
    except TryLater as silent:
        yield missing(
            f"Slack does not answer: {silent}.", "Look at the network, proxy and SLACK_API_URL; try again."
        )
        return
    yield well(f"The bot is @{installed.bot_name} in the workspace {installed.team}.")
    yield from _scopes(installed.scopes)
    yield from _line(line)
    yield _events()
    if floor is not None:
        yield from _channels(gateway, floor)
        yield from _groups(gateway, floor)


def _scopes(granted: frozenset[str] | None) -> Iterator[Finding]:
    if granted is None:
        yield note("Slack does not say which scopes the token has.")
        return
    lacking = [] if "*" in granted else [scope for scope in scopes() if scope not in granted]
    for scope in lacking:
        yield missing(f"The scope {scope} is missing.", AGAIN)
    if not lacking:
        yield well(f"All {len(scopes())} scopes are granted.")


def _line(line: Gateway | None) -> Iterator[Finding]:
    if line is None:
        yield note("HTTP mode: the signing secret shows to be right with the first request that Slack sends.")
        return
    try:
        inspection.opens_line(line)
    except SlackRefused as refused:
        yield missing(
            f"Socket Mode cannot be opened with SLACK_APP_TOKEN: {refused.error}.",
            f"Socket Mode must be switched on for the app. {SOCKET_PAGE}",
        )
    except TryLater as silent:
        yield missing(f"Socket Mode cannot be opened: {silent}.", "Try again in a moment.")
    else:
        yield well("Socket Mode can be opened.")


def _events() -> Finding:
    return note(
        f"Slack does not tell an app which events it is sent; the bot counts on {', '.join(SCOPES_OF_EVENTS)}.",
        "Compare them at Event Subscriptions → Subscribe to bot events, and switch Delayed Events on.",
    )


def _channels(gateway: Gateway, floor: Floor) -> Iterator[Finding]:
    audiences = floor.audiences.values()
    told = {name.removeprefix("#") for audience in audiences for name in audience.channels if name.startswith("#")}
    told |= {partner.channel.removeprefix("#") for partner in floor.partners if partner.channel}
    try:
        seen = inspection.channels(gateway)
    except (SlackRefused, TryLater) as failure:
        yield missing(f"The channels cannot be listed: {failure}", AGAIN)
        return
    for name in sorted({floor.incidents_channel, *told}):
        if name not in seen:
            remedy = "Make it, or name another in floor.yaml. If it is private: /invite the bot into it."
            yield missing(f"The channel #{name} of floor.yaml does not exist.", remedy)
        elif not seen[name]:
            yield note(f"The bot is not in #{name}.", "It joins at its start; or /invite it.")
        else:
            yield well(f"The bot is in #{name}.")


def _groups(gateway: Gateway, floor: Floor) -> Iterator[Finding]:
    if not floor.groups:
        return
    try:
        known = {group["handle"] for group in gateway.groups()}
    except (SlackRefused, TryLater) as failure:
        yield missing(f"The user groups cannot be listed: {failure}", AGAIN)
        return
    for handle in sorted(floor.groups):
        if handle in known:
            yield well(f"The user group @{handle} exists.")
        else:
            yield missing(
                f"The user group @{handle} of floor.yaml does not exist.", "Make it, or change floor.yaml."
            )
