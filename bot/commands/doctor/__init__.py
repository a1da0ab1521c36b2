"""`watchfloor doctor`: what is missing before the bot can run well, and what to do about it."""

from bot.commands.doctor.examination import examine
from bot.commands.doctor.findings import Finding

__all__ = ["Finding", "examine"]
