"""Answers and notices about lockouts. Pure."""

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


def lockouts_added(new_count: int, total: int) -> str:
    """The answer to adding lockouts."""
    return f"{new_count} of {total} are newly locked out. `/incident lockouts` shows all."


def claimed(login: str) -> str:
    """The answer to claiming a lockout."""
    return f"{login} is yours."


def works_again(login: str) -> str:
    """The answer when an account was unlocked."""
    return f"{login} works again. Tell the partner, if you have not."


def partner_knows(login: str) -> str:
    """The answer when the partner was told."""
    return f"Recorded: the partner knows of {login}."


def burst_title(agents: int, partner: str) -> str:
    """The title of the incident for a burst."""
    return f"{agents} agents of {partner} locked out"


def file_taken(name: str, accounts: int, new_count: int) -> str:
    """The result of reading a file."""
    if not accounts:
        return f"{name}: no locked account."
    count = "1 locked account" if accounts == 1 else f"{accounts} locked accounts"
    return f"{name}: {count}, {new_count} of them new. `/incident lockouts` shows all."


def second_person_needed(channel: str) -> str:
    """The answer to a request for many accounts."""
    return f"More than ten within ten minutes need a second person, who is asked in #{channel}."
