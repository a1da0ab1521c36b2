"""Slack: every call out, and how words and blocks must be shaped to be accepted."""
