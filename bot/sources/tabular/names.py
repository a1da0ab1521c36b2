"""Column names, compared without case, accents and punctuation."""

import re
import unicodedata


def normalized(name: str) -> str:
    """Return a name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name.replace("_", " "))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return " ".join(re.findall(r"[a-z0-9]+", letters))
