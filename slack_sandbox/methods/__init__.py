"""The Web API, one module per family; importing the package registers them all."""

from slack_sandbox.methods import (
    apps,
    bookmarks,
    canvases,
    chat,
    conversations,
    files,
    history,
    membership,
    presence,
    reactions_and_pins,
    scheduled,
    team,
    users,
    views,
)
from slack_sandbox.methods.registry import METHODS

__all__ = [
    "METHODS",
    "apps",
    "bookmarks",
    "canvases",
    "chat",
    "conversations",
    "files",
    "history",
    "membership",
    "presence",
    "reactions_and_pins",
    "scheduled",
    "team",
    "users",
    "views",
]
