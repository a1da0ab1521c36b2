"""What happened, when, and who did it."""
