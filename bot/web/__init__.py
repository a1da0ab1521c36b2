"""Incoming HTTP: Slack's requests, other systems' data, the API, metrics, and the health of the process."""
