"""The Web API, one module per family; importing the package registers them all."""

from bot.sandbox.methods import (
    apps,
    chat,
    conversations,
    membership,
    team,
    views,
)
from bot.sandbox.methods.registry import METHODS

__all__ = ["METHODS", "apps", "chat", "conversations", "membership", "team", "views"]
