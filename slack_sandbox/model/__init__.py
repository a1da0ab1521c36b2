"""The parts of a workspace: people, groups, channels, messages, files, views."""

from slack_sandbox.model.channel import Channel, blank_text
from slack_sandbox.model.file import File
from slack_sandbox.model.message import Message
from slack_sandbox.model.people import Group, User
from slack_sandbox.model.team import (
    APP_ID,
    BOT_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    TEAM_NAME,
    VERIFICATION_TOKEN,
    Json,
)
from slack_sandbox.model.view import View

__all__ = [
    "APP_ID",
    "BOT_ID",
    "TEAM_DOMAIN",
    "TEAM_ID",
    "TEAM_NAME",
    "VERIFICATION_TOKEN",
    "Channel",
    "File",
    "Group",
    "Json",
    "Message",
    "User",
    "View",
    "blank_text",
]
