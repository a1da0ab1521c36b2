"""Answers and notices about caller messages and routing faults. Pure."""

from typing import Final

# Commands, forms.
HELP = (
    "`/incident frontdoor` what callers hear, `add` records a message · `/incident routing` asks the team that "
    "routes calls to look at a fault"
)
APPROVER_MISSING = "Choose the person who approved the wording."
NOT_OF_THE_FLOOR = "This person is a guest, is from another company, or has left. Choose somebody else."
# Caller messages.
MESSAGE_RECORDED = "Recorded. Its card in the channel shows who dialled in and when it is checked again."
MESSAGE_SAVED: Final = "Saved as version {version}. Dial in to hear it."
MESSAGE_KEPT: Final = "It stays on. You are asked again {ask_again}; *Change* sets another time."
HEARD = "Recorded: you dialled in and heard it."
SWITCHED_OFF = "Recorded as off. Dial in, then press *I heard it is gone*."
HEARD_GONE = "Recorded: you dialled in, and it is gone."
# Routing faults.
FAULT_ANSWERED = "Answered. It is on the card and in the timeline."
FAULT_TAKEN_BACK = "Taken back. No answer is needed any more."
FAULT_ASKED: Final = "Asked. An answer is due {answer_by}; then the escalation ladder's next people are told."
FAULT_TAKEN: Final = "It is yours. Your answer is due {answer_by}."
# The notice to the person who reported the fault.
YOUR_FAULT_ANSWERED: Final = "{person} answered your routing fault in incident {number}; the answer is on its card."


def fault_unanswered(length: str, wrong: str, *, is_again: bool) -> str:
    """Why people are paged about a routing fault."""
    return f"a routing fault has not been answered for {length}{' (asked again)' if is_again else ''}: {wrong}"
