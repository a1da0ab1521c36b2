"""Who reads a message, and what the people and channels in it are called for that reader."""

from binascii import crc32
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

HUES = 9


@dataclass(frozen=True)
class Reader:
    """Everything that makes one text look different to two people."""

    user_id: str = ""
    name: str = ""
    zone: tzinfo = UTC
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


def initials(name: str) -> str:
    """AR for Ana Reyes; what stands in brackets is another way to write the name."""
    parts = [part for part in name.partition(" (")[0].split() if part[0].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


def hue(key: str) -> int:
    """One of the avatar colours, always the same one for the same person."""
    return crc32(key.encode()) % HUES
