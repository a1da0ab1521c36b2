"""Playbooks started, worked through, followed and reminded of."""
