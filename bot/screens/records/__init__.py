"""An incident's record as files, and people's words taken out after their time."""
