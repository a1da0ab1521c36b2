"""The reader of a message, and the names of people and channels as that reader sees them."""

from binascii import crc32
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

HUES = 9


@dataclass(frozen=True)
class Reader:
    """The facts that make the same text look different to different people."""

    user_id: str = ""
    name: str = ""
    zone: tzinfo = UTC
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


def initials(name: str) -> str:
    """For example AR for Ana Reyes; a part in brackets is another spelling of the name."""
    parts = [part for part in name.partition(" (")[0].split() if part[0].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


def hue(key: str) -> int:
    """One of the avatar colours, always the same for the same person."""
    return crc32(key.encode()) % HUES
