"""The names of columns, compared without case, accents and signs."""

import re
import unicodedata


def normalized(name: str) -> str:
    """A name without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", name.replace("_", " "))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return " ".join(re.findall(r"[a-z0-9]+", letters))
