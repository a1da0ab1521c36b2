"""Watchfloor: a Slack bot that runs major incidents for round-the-clock operations floors."""
