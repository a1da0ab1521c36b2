"""Incidents declared, changed, joined, lost and ended."""
