"""The manifest asks for exactly what the bot uses: nothing is missing, nothing is superfluous."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.bootstrap import build_registry
from bot.commands.manifest import SCOPES_OF_EVENTS, SCOPES_OF_METHODS, manifest, scopes
from bot.incidents import ids
from bot.incidents.dispatch import RATE_LIMITED
from slack_sandbox.manifest import read_manifest
from slack_sandbox.methods import METHODS

SLACK = Path("bot/slack")
METHOD = re.compile(r"[a-z]+(\.[a-zA-Z]+)+")


def words_in(folder: Path) -> Iterator[str]:
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_web_api_method_that_is_called_has_its_scopes_in_the_manifest() -> None:
    called = {word for word in words_in(SLACK) if METHOD.fullmatch(word) and word in METHODS}

    assert called - {"apps.connections.open"} == set(SCOPES_OF_METHODS)


def test_slack_would_grant_each_method_with_the_scopes_named_for_it() -> None:
    for name, asked in SCOPES_OF_METHODS.items():
        wanted = METHODS[name].scopes
        assert not wanted or set(wanted) & set(asked), name


def test_every_event_that_is_recorded_is_subscribed_to_and_no_other() -> None:
    subscribed = {event.partition(".")[0] for event in SCOPES_OF_EVENTS}
    # Slack sends this one unasked.

    assert subscribed == set(build_registry().slack_events) - {RATE_LIMITED}


def test_the_manifest_offers_what_the_bot_listens_to() -> None:
    app = read_manifest(manifest())

    assert app.has_command(ids.COMMAND)
    assert app.offers_shortcut(ids.DECLARE_SHORTCUT, "global")
    assert app.offers_shortcut(ids.DECLARE_FROM_MESSAGE, "message")
    assert (app.interactive, app.has_home, app.socket_mode) == (True, True, True)


def test_mentions_in_commands_arrive_as_ids() -> None:
    (command,) = manifest()["features"]["slash_commands"]

    assert command["should_escape"]


def test_no_scope_lets_the_bot_read_or_administer_more_than_it_needs() -> None:
    broad = re.compile(r"^(admin|files:write:user|chat:write\.(public|customize)|users:read\.email|mpim)")

    assert not [scope for scope in scopes() if broad.match(scope)]


def test_slacks_limits_on_names_and_descriptions_are_kept() -> None:
    described = manifest()

    assert len(described["display_information"]["description"]) <= 140
    assert all(len(shortcut["name"]) <= 24 for shortcut in described["features"]["shortcuts"])
    assert all(len(shortcut["description"]) <= 150 for shortcut in described["features"]["shortcuts"])


def test_in_http_mode_everything_goes_to_one_address() -> None:
    described = manifest("https://floor.example/")
    address = "https://floor.example/slack/events"

    assert described["settings"]["event_subscriptions"]["request_url"] == address
    assert described["settings"]["interactivity"]["request_url"] == address
    assert described["features"]["slash_commands"][0]["url"] == address
    assert not described["settings"]["socket_mode_enabled"]
