"""Records of the traffic: Web API calls and their answers, envelopes and their acknowledgements."""

import time
from dataclasses import dataclass, field
from typing import Any

from slack_sandbox.model import Json

# Errors that indicate a malformed request rather than a state of the workspace.
_MALFORMED = (
    "invalid_",
    "not_authed",
    "missing_scope",
    "msg_too_long",
    "too_long",
    "no_text",
    "no_item_specified",
    "bad_timestamp",
    "missing_argument",
    "too_many_users",
    "users_list_not_supplied",
    "unknown_method",
    "view_too_large",
    "metadata_too_large",
    "not_allowed_token_type",
    "duplicate_",
)
_BY_STATE = ("invalid_trigger_id", "invalid_cursor", "invalid_url")
# A workspace that runs for weeks keeps only its latest calls and envelopes.
_KEPT = 50_000


def keep(record: list[Any], entry: Any) -> None:
    """Add to a record, and discard the older half if it has become very long."""
    record.append(entry)
    if len(record) > _KEPT:
        del record[: _KEPT // 2]


@dataclass
class Call:
    """One Web API call (or post to a response URL, or upload) and its answer."""

    method: str
    args: Json
    tier: str = ""
    at: float = field(default_factory=time.time)
    answer: Json = field(default_factory=dict)
    status: int = 0
    ms: float = 0.0
    fault: str = ""

    @property
    def is_refusal(self) -> bool:
        """Whether Slack rejected the request itself; no demo should cause this."""
        error = str(self.answer.get("error", ""))
        return error.startswith(_MALFORMED) and error not in _BY_STATE and self.fault != "error"

    def as_json(self) -> Json:
        return {
            "method": self.method,
            "args": self.args,
            "tier": self.tier,
            "at": self.at,
            "answer": self.answer,
            "status": self.status,
            "ms": round(self.ms, 2),
            "fault": self.fault,
        }


@dataclass
class Envelope:
    """One delivery to the app, and how it was acknowledged."""

    id: str
    kind: str
    payload: Json
    at: float = field(default_factory=time.time)
    acknowledged: bool = False
    answer: Json = field(default_factory=dict)
    error: str = ""
    attempt: int = 0
    reason: str = ""
    ms: float = 0.0

    @property
    def timed_out(self) -> bool:
        return bool(self.error)

    def as_json(self) -> dict[str, Any]:
        return {
            "envelope_id": self.id,
            "type": self.kind,
            "payload": self.payload,
            "at": self.at,
            "acknowledged": self.acknowledged,
            "answer": self.answer,
            "error": self.error,
            "retry_attempt": self.attempt,
            "retry_reason": self.reason,
            "ms": round(self.ms, 2),
        }
