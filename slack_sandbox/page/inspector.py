"""The inspector: the app's calls, the deliveries to it, and calls that Slack would have refused."""

import json
from dataclasses import dataclass
from typing import Any

from slack_sandbox.installation import Installation
from slack_sandbox.page import dates
from slack_sandbox.page.names import Reader
from slack_sandbox.records import Call, Envelope

_SHOWN = 200


@dataclass(frozen=True)
class Entry:
    """One line: a call that the app made, or an envelope sent to it."""

    name: str
    time: str
    ms: int
    note: str
    is_bad: bool
    asked: str
    answered: str


def facts(sandbox: Installation, reader: Reader) -> dict[str, Any]:
    return {
        "calls": [_call(call, reader) for call in reversed(sandbox.calls[-_SHOWN:])],
        "envelopes": [_envelope(envelope, reader) for envelope in reversed(sandbox.envelopes[-_SHOWN:])],
        "refusals": [_call(call, reader) for call in sandbox.refusals],
    }


def _call(call: Call, reader: Reader) -> Entry:
    error = str(call.answer.get("error", ""))
    return Entry(
        name=call.method,
        time=_time(call.at, reader),
        ms=round(call.ms),
        note=error or (f"tier {call.tier}" if call.tier.isdigit() else call.tier),
        is_bad=bool(error),
        asked=_pretty(call.args),
        answered=_pretty(call.answer),
    )


def _envelope(envelope: Envelope, reader: Reader) -> Entry:
    payload = envelope.payload
    what = payload.get("command") or payload.get("event", {}).get("type") or payload.get("type", "")
    return Entry(
        name=f"{envelope.kind}: {what}",
        time=_time(envelope.at, reader),
        ms=round(envelope.ms),
        note=envelope.error or ("acknowledged" if envelope.acknowledged else "waiting"),
        is_bad=bool(envelope.error),
        asked=_pretty(payload),
        answered=_pretty(envelope.answer),
    )


def _time(at: float, reader: Reader) -> str:
    return dates.filled("{time_secs}", dates.moment(at, reader.zone), reader.now)


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
