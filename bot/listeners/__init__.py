"""Slack in: parse, act, answer. No rules here."""
