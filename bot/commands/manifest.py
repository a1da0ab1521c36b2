"""The app manifest: everything that Slack must grant and send, for exactly what the bot does."""

from typing import Any

from bot.followups import ids as followups
from bot.incidents import ids

Json = dict[str, Any]

NAME = "Watchfloor"
COLOUR = "#1d2b3a"

SCOPES_OF_METHODS: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "bookmarks.add": ("bookmarks:write",),
    "bookmarks.list": ("bookmarks:read",),
    "canvases.delete": ("canvases:write",),
    "canvases.edit": ("canvases:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.archive": ("channels:manage", "groups:write"),
    "conversations.canvases.create": ("canvases:write",),
    "conversations.create": ("channels:manage", "groups:write"),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.invite": ("channels:manage", "groups:write"),
    "conversations.join": ("channels:join",),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.rename": ("channels:manage", "groups:write"),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "conversations.setTopic": ("channels:manage", "groups:write"),
    "dnd.info": ("dnd:read",),
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "files.list": ("files:read",),
    "pins.add": ("pins:write",),
    "usergroups.list": ("usergroups:read",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.getPresence": ("users:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
"""What each Web API method asks for; `tests/rules/test_manifest.py` compares it with the calls in `bot/slack`."""

SCOPES_OF_EVENTS: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "channel_archive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_id_changed": ("channels:read", "groups:read"),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "subteam_updated": ("usergroups:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}
"""What each event asks for. Of direct messages only files in a post-mortem's thread are looked at."""


def scopes() -> list[str]:
    """Return every scope of the bot token."""
    scope_lists = [*SCOPES_OF_METHODS.values(), *SCOPES_OF_EVENTS.values(), ("commands",)]
    return sorted({scope for scope_list in scope_lists for scope in scope_list})


def manifest(url: str = "") -> Json:
    """Return the manifest for Socket Mode, or for requests to `url`."""
    return {
        "display_information": {
            "name": NAME,
            "description": "Runs major incidents: channel, roles, playbooks, updates, post-mortem.",
            "background_color": COLOUR,
        },
        "features": _features(url),
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {"bot_events": list(SCOPES_OF_EVENTS)} | _request_url("request_url", url),
            "interactivity": {"is_enabled": True} | _request_url("request_url", url),
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def _features(url: str) -> Json:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            # An edited post-mortem is uploaded in the messages tab.
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": NAME.lower(), "always_online": True},
        "shortcuts": [
            {
                "name": "Declare an incident",
                "type": "global",
                "callback_id": ids.DECLARE_SHORTCUT,
                "description": "Opens a channel, a card and the right playbook",
            },
            {
                "name": "Declare an incident",
                "type": "message",
                "callback_id": ids.DECLARE_FROM_MESSAGE,
                "description": "The message becomes the first entry",
            },
            {
                "name": "Add a follow-up",
                "type": "message",
                "callback_id": followups.FROM_MESSAGE,
                "description": "The message becomes something to do after the incident",
            },
        ],
        "slash_commands": [
            {
                "command": ids.COMMAND,
                "description": "Declare and run an incident",
                "usage_hint": "declare S1 what is down",
                # People and channels arrive as ids, whatever their names look like.
                "should_escape": True,
            }
            | _request_url("url", url)
        ],
    }


def _request_url(key: str, url: str) -> Json:
    return {key: f"{url.rstrip('/')}/slack/events"} if url else {}
