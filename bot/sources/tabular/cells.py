"""Numbers, durations and percentages as exports write them."""

import re
from collections.abc import Iterable

UNKNOWN = frozenset(
    {"", "-", "–", "—", "n/a", "na", "n.a.", "null", "none", "?", "#n/a", "#div/0!", "#value!", "nan"}
)
LARGEST = 10_000_000
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_CLOCK = re.compile(r"(-?)(\d{1,4}):([0-5]?\d)(?::([0-5]?\d(?:[.,]\d{1,6})?))?")
_FORMS = {
    ".": re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d+)?"),
    ",": re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d+)?"),
}
_SAYS_COMMA = re.compile(r"(?<![\d.,])-?(?:[\d.]+,\d{1,2}|[\d.]+,\d{4,}|\d{1,3}(?:\.\d{3})+,\d+)%?")
_SAYS_POINT = re.compile(r"(?<![\d.,])-?(?:[\d,]*\.\d{1,2}|[\d,]*\.\d{4,}|\d{1,3}(?:,\d{3})+\.\d+)%?")
_GROUPED_BY_POINT = re.compile(r"\d{1,3}(?:\.\d{3})+")
UNITS_S = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}


class NotReadable(ValueError):
    """The cell does not fit its column; the message says why."""


def is_unknown(text: str) -> bool:
    """Whether the cell means that nothing is known. A dash is unknown, never zero."""
    return text.strip().lower() in UNKNOWN


def decimal_sign(texts: Iterable[str], counts: Iterable[str]) -> str:
    """`.` or `,`: what separates decimals in a file, by its cells. `1.204` in a column of counts is 1204."""
    if sign := evident_decimal_sign(texts):
        return sign
    return "," if any(_GROUPED_BY_POINT.fullmatch(_SPACES.sub("", text)) for text in counts) else "."


def evident_decimal_sign(texts: Iterable[str]) -> str:
    """`.` or `,`: what separates decimals in most cells that show it; `""` if they do not show it."""
    tidy_texts = [_SPACES.sub("", text) for text in texts]
    comma = sum(bool(_SAYS_COMMA.fullmatch(text)) for text in tidy_texts)
    point = sum(bool(_SAYS_POINT.fullmatch(text)) for text in tidy_texts)
    if comma == point:
        return ""
    return "," if comma > point else "."


def read_number(text: str, decimal: str) -> float | None:
    """Return a number that is not negative, or None if unknown. Raises `NotReadable`."""
    if is_unknown(text):
        return None
    tidy = _SPACES.sub("", text)
    if tidy.startswith(("=", "@")):
        raise NotReadable(f"`{_cell_text(text)}` is a formula, not a number")
    if not tidy or not _FORMS[decimal].fullmatch(tidy) or not any(sign.isdigit() for sign in tidy):
        raise NotReadable(f"`{_cell_text(text)}` is not a number")
    plain = tidy.replace(",", "") if decimal == "." else tidy.replace(".", "").replace(",", ".")
    number = float(plain)
    if number < 0:
        raise NotReadable(f"`{_cell_text(text)}` is negative")
    if number > LARGEST:
        raise NotReadable(f"`{_cell_text(text)}` is too large")
    return number


def read_length(text: str, decimal: str, unit_s: float = 1.0) -> float | None:
    """Return seconds: `312.5`, `5:12` as minutes and seconds, `0:05:12` as hours, minutes and seconds."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        number = read_number(text, decimal)
        return None if number is None else number * unit_s
    sign, first, second, third = match.groups()
    if sign:
        raise NotReadable(f"`{_cell_text(text)}` is negative")
    if third is None:
        return int(first) * 60.0 + int(second)
    return int(first) * 3600.0 + int(second) * 60.0 + float(third.replace(",", "."))


def read_share(text: str, decimal: str, *, is_percent: bool) -> float | None:
    """`81,2%` as a share of 1; without the sign the column says whether it is percent."""
    tidy = text.strip()
    if tidy.endswith("%"):
        tidy, is_percent = tidy[:-1], True
    number = read_number(tidy, decimal)
    return None if number is None else number / 100 if is_percent else number


def _cell_text(text: str) -> str:
    return text.strip().replace("`", "'")[:40]
