"""Answers about planned changes. Pure."""

HELP = "`/incident changes` planned nesting and routing changes, `add` records one"
TIME_MISSING = "Choose when the change is made."
VERIFIED = "Recorded: the change works."
ROLLED_BACK = "Recorded: the change was rolled back."
CANCELLED = "Recorded: the change will not be made."
RECORDED = "Recorded. `/incident changes` shows it, and so do incidents that it may have caused."
