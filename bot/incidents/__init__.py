"""The incident: the noun everything hangs on."""
