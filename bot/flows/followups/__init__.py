"""Follow-ups written down, changed, reminded of and shown."""
