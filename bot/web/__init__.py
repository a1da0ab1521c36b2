"""HTTP in: Slack's requests and the health of the process."""
