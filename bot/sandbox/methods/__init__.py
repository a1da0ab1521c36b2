"""The Web API, one module per family; importing the package registers them all."""

from bot.sandbox.methods import (
    apps,
    bookmarks,
    canvases,
    chat,
    conversations,
    files,
    history,
    marking,
    membership,
    presence,
    scheduled,
    team,
    users,
    views,
)
from bot.sandbox.methods.registry import METHODS

__all__ = [
    "METHODS",
    "apps",
    "bookmarks",
    "canvases",
    "chat",
    "conversations",
    "files",
    "history",
    "marking",
    "membership",
    "presence",
    "scheduled",
    "team",
    "users",
    "views",
]
