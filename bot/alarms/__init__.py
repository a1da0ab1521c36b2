"""Alarms about Watchfloor's own work: what the auditor found."""
