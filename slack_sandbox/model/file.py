"""Files."""

from dataclasses import dataclass, field


@dataclass
class File:
    """An uploaded file; it is visible once `shares` names a conversation."""

    id: str
    name: str
    title: str
    user: str
    created: int
    size: int
    content: bytes = b""
    complete: bool = False
    shares: dict[str, list[str]] = field(default_factory=dict)
