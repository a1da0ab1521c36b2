"""Answers and notices about lockouts. Pure."""

from typing import Final

HELP = (
    "`/incident lockouts` agents who are locked out of sign-on, `add` records some; with a login or a partner: why "
    "sign-ins failed"
)
BURST_DISMISSED = "Recorded. Another six at this partner will be proposed again."
UNLOCK_ASKED = "{source} is asked to unlock {login}. You get a direct message with what came of it."
RESET_ASKED = "{source} is asked to mail {login} a password reset. You get a direct message with what came of it."
MANY_STARTED = "All results come by direct message, in one message."
MANY_APPROVED = "It has begun. All results come by direct message, in one message."
MANY_DECLINED = "Recorded: nothing is done for these accounts."
LOCKOUTS_ADDED: Final = "Newly locked out: {new_count} of {total}. `/incident lockouts` shows all."
CLAIMED: Final = "{login} is yours."
WORKS_AGAIN: Final = "{login} works again. Tell the partner, if you have not."
PARTNER_KNOWS: Final = "Recorded: the partner knows of {login}."
# The title of the incident for a burst.
BURST_TITLE: Final = "{agents} agents of {partner} locked out"
SECOND_PERSON_NEEDED: Final = "More than ten within ten minutes need a second person, who is asked in #{channel}."


def file_taken(name: str, accounts: int, new_count: int) -> str:
    """The result of reading a file."""
    if not accounts:
        return f"{name}: no locked account."
    count = "1 locked account" if accounts == 1 else f"{accounts} locked accounts"
    return f"{name}: {count}, {new_count} of them new. `/incident lockouts` shows all."
