"""The contact centre's figures beside an incident: what they were, what was to be expected, what it cost."""
