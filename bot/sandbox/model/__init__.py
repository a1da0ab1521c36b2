"""What a workspace consists of: people, groups, channels, messages, files, views."""

from bot.sandbox.model.channel import Channel, blank_text
from bot.sandbox.model.file import File
from bot.sandbox.model.message import Message
from bot.sandbox.model.people import Group, User
from bot.sandbox.model.team import (
    APP_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    TEAM_NAME,
    VERIFICATION_TOKEN,
    Json,
)
from bot.sandbox.model.view import View

__all__ = [
    "APP_ID",
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
