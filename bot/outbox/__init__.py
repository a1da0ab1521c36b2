"""Everything that goes to Slack after a commit."""
