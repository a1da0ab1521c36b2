"""Help, and replies about the timeline, its picture and lists. Pure."""

from typing import Final

from bot.incidents.registry import Section

HELP_HEADINGS = {
    Section.ANYWHERE: "*Anywhere*",
    Section.CHANNEL: "*In an incident's channel*",
    Section.AFTERWARDS: "*After an incident*",
}
HELP_ONE = "`/incident page help` explains one command"
HELP_PANEL = "`/incident` the control panel · `/incident catchup` what has happened so far"
HELP_LIST = "`/incident list` what is open · `list closed S1 Manila` · `list mine`"
HELP_SEARCH = "`/incident search crm last 7 days` titles, impact and causes"
HELP_TIMELINE = (
    "`/incident timeline` what happened, `decisions`, `marked`, `picture` · `/incident note we restarted it at "
    "14:05`"
)
HELP_CORRECT = "`/incident correct 12` corrects an entry · `/incident milestones` when it started, was detected …"
NOTHING_CHANGED = "Nothing was changed."
PICTURE_REQUESTED = "The picture is being drawn and will be posted in the incident's channel."
# The reply to a note.
NOTE_ADDED: Final = "Added to the timeline: {at}."
# The reply to a correction.
ENTRY_CHANGED: Final = "Entry {number} is {operations}. The original is kept in the log."
# The text beside the picture.
PICTURE_SHARED: Final = "The timeline as a picture, requested by {person}."
# The message when Slack refuses the picture.
PICTURE_REFUSED: Final = "Slack did not let me show the picture of incident {number}'s timeline: {error}."
