"""Answers about alerts. Pure."""

from typing import Final

ADDED_TO: Final = "The alerts were added to incident {number}."
