"""Payloads of interactions: commands, clicks, submissions, shortcuts."""

from slack_sandbox.model import (
    APP_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    VERIFICATION_TOKEN,
    Channel,
    Json,
    Message,
    User,
    View,
)
from slack_sandbox.workspace import Workspace


def command(workspace: Workspace, user: User, channel: Channel, name: str, text: str) -> Json:
    """A slash command; Slack sends it as a form, so every value is text."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": shown_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": workspace.response_urls.issue(user.id, channel.id),
        "trigger_id": workspace.triggers.issue(user.id),
    }


def message_action(workspace: Workspace, user: User, channel: Channel, message: Message, act: Json) -> Json:
    """A click or choice in a message."""
    values = workspace.choices.get((user.id, message.ts), {})
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    # Slack does not repeat an ephemeral message: the app gets only its timestamp.
    shown: Json = {} if message.ephemeral else {"message": message.as_event()}
    return _interaction(workspace, user, "block_actions") | {
        "container": container,
        "channel": _channel(channel),
        **shown,
        "state": {"values": values},
        "response_url": workspace.response_urls.issue(user.id, channel.id, message.ts),
        "actions": [act],
    }


def view_action(workspace: Workspace, user: User, view: View, act: Json) -> Json:
    """A click or choice in a modal or an App Home."""
    return _interaction(workspace, user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_slack(),
        "actions": [act],
    }


def submission(workspace: Workspace, user: User, view: View) -> Json:
    return _interaction(workspace, user, "view_submission") | {
        "view": view.as_slack(),
        "response_urls": _response_urls(workspace, user, view),
    }


def closing(workspace: Workspace, user: User, view: View, is_cleared: bool) -> Json:
    payload = _interaction(workspace, user, "view_closed")
    del payload["trigger_id"]
    return payload | {"view": view.as_slack(), "is_cleared": is_cleared}


def global_shortcut(workspace: Workspace, user: User, callback_id: str) -> Json:
    payload = _interaction(workspace, user, "shortcut")
    return payload | {"callback_id": callback_id, "action_ts": workspace.clock.ts()}


def message_shortcut(
    workspace: Workspace, user: User, callback_id: str, channel: Channel, message: Message
) -> Json:
    return _interaction(workspace, user, "message_action") | {
        "callback_id": callback_id,
        "action_ts": workspace.clock.ts(),
        "message_ts": message.ts,
        "channel": _channel(channel),
        "message": message.as_event(),
        "response_url": workspace.response_urls.issue(user.id, channel.id),
    }


def suggestion(workspace: Workspace, user: User, block_id: str, element: Json, typed: str) -> Json:
    """Slack's request for the options of an external select."""
    payload = _interaction(workspace, user, "block_suggestion")
    del payload["trigger_id"]
    return payload | {"action_id": element["action_id"], "block_id": block_id, "value": typed}


def act(workspace: Workspace, block_id: str, element: Json, value: Json) -> Json:
    """One entry of `actions`."""
    described: Json = {
        "action_id": element["action_id"],
        "block_id": block_id,
        "type": element["type"],
        **value,
        "action_ts": workspace.clock.ts(),
    }
    kept = ("text", "style", "url") if element["type"] == "button" else ("placeholder",)
    return described | {key: element[key] for key in kept if key in element}


def shown_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def _interaction(workspace: Workspace, user: User, kind: str) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": workspace.triggers.issue(user.id),
    }


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": shown_name(channel)}


def _response_urls(workspace: Workspace, user: User, view: View) -> list[Json]:
    """One URL for each conversation chosen where `response_url_enabled` is set."""
    urls = []
    for block in view.body["blocks"]:
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        value = view.values[block["block_id"]][element["action_id"]]
        channel_id = value.get("selected_conversation") or value.get("selected_channel")
        if channel_id:
            urls.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel_id,
                    "response_url": workspace.response_urls.issue(user.id, channel_id),
                }
            )
    return urls
