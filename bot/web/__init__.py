"""Incoming HTTP: Slack's requests and the health of the process."""
