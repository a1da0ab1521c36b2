"""Slack ids of the buttons and the form for alerts."""

DECLARE = "alerts.declare"
BELONGS = "alerts.belongs"
IGNORE = "alerts.ignore"
BELONGS_FORM = "alerts.belongs_form"
INCIDENT = "alerts.incident"
