"""Which events the app has subscribed to, and the envelope in which Slack delivers them."""

import secrets

from slack_sandbox.manifest import App
from slack_sandbox.model import APP_ID, TEAM_ID, VERIFICATION_TOKEN, Channel, Json
from slack_sandbox.seed import BOT_USER_ID

_GROUP_TWINS = {
    "channel_rename": "group_rename",
    "channel_archive": "group_archive",
    "channel_unarchive": "group_unarchive",
    "channel_deleted": "group_deleted",
    "channel_left": "group_left",
}


def is_subscribed(app: App, event: Json, channel: Channel | None) -> bool:
    """Whether the manifest subscribes to this event; messages are subscribed to by kind of conversation."""
    if event["type"] == "message" and channel is not None:
        return app.hears(f"message.{_kind_of(channel)}")
    return app.hears(event["type"])


def twin(event_type: str, channel: Channel) -> str:
    """The event's name for this channel: private channels have their own `group_*` events."""
    return _GROUP_TWINS[event_type] if channel.is_private else event_type


def channel_type(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    if channel.is_mpim:
        return "mpim"
    return "group" if channel.is_private else "channel"


def wrapped(event: Json, at: float) -> Json:
    """The `event_callback` that carries an event; its `event_id` stays the same across retries."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev" + secrets.token_hex(6).upper(),
        "event_time": int(at),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER_ID,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def _kind_of(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    if channel.is_mpim:
        return "mpim"
    return "groups" if channel.is_private else "channels"
