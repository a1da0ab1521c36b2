"""Names of the subscriptions' buttons that stand on no incident's message."""

DROP = "subscription.drop"
