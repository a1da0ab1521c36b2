"""Answers and messages about post-mortems. Pure."""

HELP = "`/incident postmortem` the post-mortem as it stands, by direct message"
YOU_HAVE_IT = "You have it in your direct messages with me; its files are in the thread."
WRITE_IT_AGAIN = "*Write it again* in the message of the post-mortem brings it into the draft."
PUBLISHING = "It is being published."
FILE_TOO_LARGE = "That file is too large: a version may have 25 MB."


def draft_goes_to(person: str) -> str:
    """The message at the close of the incident."""
    return f"The post-mortem draft goes to {person} by direct message."


def comes(number: int, person: str) -> str:
    """The answer to `/incident postmortem`."""
    return f"The post-mortem of incident {number} as it stands comes to you, {person}, by direct message."


def author_already(person: str) -> str:
    """The answer to assigning the current author."""
    return f"{person} is the author already."


def author_now(person: str) -> str:
    """The answer to assigning a new author."""
    return f"{person} is the author now, and gets the draft by direct message."


def review_asked(people: str) -> str:
    """The answer to requesting a review."""
    return f"{people} will be asked to review it, by direct message."


def not_a_document(kinds: str) -> str:
    """The reply to a file that is not a document."""
    return f"Only {kinds} files become versions, so I did not use this one."


def no_version(state: str) -> str:
    """The reply to a file for a post-mortem that takes no versions."""
    return f"This one is a {state}, so I did not keep your file as a version."
