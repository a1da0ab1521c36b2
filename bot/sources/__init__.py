"""Data of other systems: how it is read, and how requests from them are verified."""
