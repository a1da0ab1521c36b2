"""Slack: every outgoing call, and how texts and blocks must be shaped to be accepted."""
