"""What Slack shows of an incident, and whether it is up to date."""
