"""Lists the nouns and puts everything together; the only package that imports all the others."""

from bot.bootstrap.building import build, build_services
from bot.bootstrap.nouns import NOUNS, build_registry
from bot.bootstrap.running import Bot

__all__ = ["NOUNS", "Bot", "build", "build_registry", "build_services"]
