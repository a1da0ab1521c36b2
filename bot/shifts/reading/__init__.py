"""Readers of rosters: calendars and spreadsheets to shifts, without access to the database or Slack."""
