"""Faults on request: what goes wrong with the next calls of a method."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from slack_sandbox.records import Call

KINDS = ("delay", "error", "late", "lost_answer", "not_slack", "rate_limited", "refused", "server_error")
LATE_ANSWERS = ("cut", "error", "wait")
_LATE_DEFAULTS = {"answer": "cut", "seconds": None, "after_call": ()}


@dataclass
class Fault:
    """Causes a fault `count` times, after letting `after` calls pass.

    | kind | detail | what happens |
    |---|---|---|
    | `delay` | `seconds` | the request is carried out and answered after some (real) seconds |
    | `error` | `error` | refused with this error |
    | `rate_limited` | `retry_after` | refused with status 429 |
    | `server_error` | `status` | not carried out; answered in plain text |
    | `not_slack` | `body`, `status`, `carried_out` | answered by an intermediary: a proxy, a captive portal |
    | `refused` | | not carried out; the connection is closed |
    | `lost_answer` | | carried out; the connection is closed |
    | `late` | `answer`, `seconds`, `after_call` | accepted now and carried out later, even if the client is gone |

    A late request is carried out after `seconds` on the sandbox's clock, or after the answer to the next call that
    `after_call` names (a method, several, or a condition on the call), or by `Sandbox.carry_out_late_requests`.
    Until then the client gets what `answer` says: `cut`, its connection is closed at once; `error`, a 504 from a
    gateway; `wait`, nothing while it stays connected.
    """

    method: str
    kind: str
    count: int = 1
    after: int = 0
    detail: dict[str, Any] = field(default_factory=dict)


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        if fault.kind not in KINDS:
            raise ValueError(f"{fault.kind!r} is no kind of fault, only: {', '.join(KINDS)}")
        if fault.kind == "late":
            fault.detail = _late_detail(fault.detail)
        self._armed.append(fault)

    def clear(self) -> None:
        self._armed.clear()

    def take(self, method: str) -> Fault | None:
        """Take the fault for this call; a fault's method is a name, or `*` for any."""
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


def _late_detail(given: dict[str, Any]) -> dict[str, Any]:
    if unknown := given.keys() - _LATE_DEFAULTS.keys():
        raise ValueError(f"A late request has no {', '.join(sorted(unknown))}, only: {', '.join(_LATE_DEFAULTS)}")
    detail = _LATE_DEFAULTS | given
    if detail["answer"] not in LATE_ANSWERS:
        raise ValueError(f"{detail['answer']!r} is no answer to a late request, only: {', '.join(LATE_ANSWERS)}")
    return detail | {"after_call": _condition(detail["after_call"])}


def _condition(after_call: Any) -> Callable[[Call], bool]:
    if callable(after_call):
        return cast(Callable[[Call], bool], after_call)
    methods = (after_call,) if isinstance(after_call, str) else tuple(after_call)
    return lambda call: call.method in methods
