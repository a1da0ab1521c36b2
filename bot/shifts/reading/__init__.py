"""Rosters as they come: calendars and spreadsheets, read into shifts. Nothing here knows the database or Slack."""
