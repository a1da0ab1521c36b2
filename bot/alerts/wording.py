"""What is answered about alerts. Pure."""


def added_to(number: int) -> str:
    """The answer when alerts belong to an open incident."""
    return f"The alerts were added to incident {number}."
