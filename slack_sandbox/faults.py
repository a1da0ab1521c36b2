"""Faults on request: what goes wrong with the next calls of a method."""

from dataclasses import dataclass, field
from typing import Any

KINDS = ("delay", "error", "rate_limited", "server_error", "lost_answer", "refused")


@dataclass
class Fault:
    """Goes wrong `count` times, after letting `after` calls pass."""

    method: str
    kind: str
    count: int = 1
    after: int = 0
    detail: dict[str, Any] = field(default_factory=dict)


class Faults:
    """The faults that are still to come."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        if fault.kind not in KINDS:
            raise ValueError(f"{fault.kind!r} is no kind of fault, only: {', '.join(KINDS)}")
        self._armed.append(fault)

    def clear(self) -> None:
        self._armed.clear()

    def take(self, method: str) -> Fault | None:
        """The fault that befalls this call; methods are named, or `*` means any."""
        for fault in self._armed:
            if fault.method not in (method, "*"):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.count -= 1
            if fault.count <= 0:
                self._armed.remove(fault)
            return fault
        return None
