"""The app as its manifest declares it: scopes, commands, shortcuts, subscribed events."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

PERMISSIVE: Json = {
    "display_information": {"name": "Watchfloor"},
    "features": {
        "bot_user": {"display_name": "watchfloor", "always_online": True},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "*"}],
        "shortcuts": [{"type": "*", "callback_id": "*", "name": "*"}],
    },
    "oauth_config": {"scopes": {"bot": ["*"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["*"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}
"""Everything granted, every command and event there: for apps that have no manifest yet."""


@dataclass(frozen=True)
class App:
    """The installed app, as its manifest declares it."""

    name: str
    bot_name: str
    scopes: tuple[str, ...]
    commands: tuple[Json, ...]
    shortcuts: tuple[Json, ...]
    events: frozenset[str]
    interactive: bool
    socket_mode: bool
    has_home: bool
    takes_messages: bool

    def has_scope(self, scope: str) -> bool:
        return "*" in self.scopes or scope in self.scopes

    def has_command(self, command: str) -> bool:
        return any(c["command"] in ("*", command) for c in self.commands)

    def escapes(self, command: str) -> bool:
        """Whether people, channels and links in the command's text arrive as references (`should_escape`)."""
        return any(c["command"] == command and c.get("should_escape") for c in self.commands)

    def offers_shortcut(self, callback_id: str, kind: str) -> bool:
        return any(s["callback_id"] in ("*", callback_id) and s["type"] in ("*", kind) for s in self.shortcuts)

    def hears(self, event: str) -> bool:
        return "*" in self.events or event in self.events


def read_manifest(manifest: Json) -> App:
    """The parts of an app manifest that the workspace acts on; absent parts grant nothing."""
    features: Json = manifest.get("features", {})
    settings: Json = manifest.get("settings", {})
    name = manifest.get("display_information", {}).get("name", "Watchfloor")
    return App(
        name=name,
        bot_name=features.get("bot_user", {}).get("display_name", name),
        scopes=tuple(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        commands=tuple(features.get("slash_commands", [])),
        shortcuts=tuple(features.get("shortcuts", [])),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        interactive=settings.get("interactivity", {}).get("is_enabled", False),
        socket_mode=settings.get("socket_mode_enabled", False),
        has_home=features.get("app_home", {}).get("home_tab_enabled", False),
        takes_messages=_takes_messages(features.get("app_home", {})),
    )


def _takes_messages(home: Json) -> bool:
    """Whether people may write to the app: its messages tab may be off or read-only."""
    return bool(home.get("messages_tab_enabled")) and not home.get("messages_tab_read_only_enabled", False)
