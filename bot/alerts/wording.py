"""Answers about alerts. Pure."""


def added_to(number: int) -> str:
    """The answer after adding alerts to an open incident."""
    return f"The alerts were added to incident {number}."
