"""Answers about follow-ups. Pure."""

from typing import Final

HELP = (
    "`/incident followup @ana what is to be done` writes it down · `/incident followups` lists it, `mine` and "
    "`overdue` over all incidents"
)
UNKNOWN_TEXT = "Do what this message asks for"
ADDED_ALREADY = "It has been added already."
ADDED_AS: Final = "It is follow-up {number} already."
ADDED: Final = "Follow-up {number} added: {owner}, due {due}."
FINISHED_ALREADY: Final = "Follow-up {number} is {state} already."
OPEN_ALREADY: Final = "Follow-up {number} is open already."
DUE_ALREADY: Final = "Follow-up {number} is due {due} already."
UNOWNED_ALREADY: Final = "Nobody has follow-up {number}; it is no longer yours."
YOURS_ALREADY: Final = "Follow-up {number} is yours already."
