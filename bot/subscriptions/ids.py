"""Names of subscription buttons that are not on an incident's message."""

DROP = "subscription.drop"
