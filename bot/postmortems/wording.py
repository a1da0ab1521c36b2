"""Answers and messages about post-mortems. Pure."""

from typing import Final

HELP = "`/incident postmortem` the post-mortem as it stands, by direct message"
YOU_HAVE_IT = "You have it in your direct messages with me; its files are in the thread."
WRITE_IT_AGAIN = "*Write it again* in the message of the post-mortem brings it into the draft."
FILE_TOO_LARGE = "That file is too large: a version may have 25 MB."
# The message at the close of the incident.
DRAFT_GOES_TO: Final = "The post-mortem draft goes to {person} by direct message."
COMES: Final = "The post-mortem of incident {number} as it stands comes to you, {person}, by direct message."
# The reply to a file that is not a document.
NOT_A_DOCUMENT: Final = "Only {kinds} files become versions, so I did not use this one."
# The reply to a file for a post-mortem that takes no versions.
NO_VERSION: Final = "This one is a {state}, so I did not keep your file as a version."
