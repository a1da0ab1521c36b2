"""Parsing what monitoring systems send into alerts. An invalid body is refused with the reason."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.alerts.rules import ReceivedAlert
from bot.runtime.templates import Expression
from bot.sources import moments
from bot.sources.signatures import NotUnderstood

MOST_ALERTS = 500
FIRING = ("firing", "alerting", "triggered", "alarm", "open", "problem", "true", "1")
RESOLVED = ("resolved", "ok", "recovered", "closed", "normal", "false", "0")
DATADOG_FIRES = ("triggered", "re-triggered", "warn", "re-warn", "no data", "re-no data", "alert")
PAGERDUTY_FIRES = ("incident.triggered", "incident.reopened")
Mappings = Mapping[str, Expression]


def read(kind: str, body: bytes, mapping: Mappings) -> list[ReceivedAlert]:
    """The alerts of a request. Raises `NotUnderstood`."""
    content = parse(body)
    try:
        alerts = generic(content, mapping) if kind == "generic" else _READERS[kind](content)
    except KeyError as missing:
        raise NotUnderstood(f"not a request of {kind}: `{missing.args[0]}` is missing"[:300]) from None
    except (ValueError, OverflowError) as wrong:
        raise NotUnderstood(f"not a request of {kind}: {wrong}"[:300]) from None
    except (TypeError, AttributeError):
        raise NotUnderstood(f"not a request of {kind}: its fields hold other kinds of values") from None
    if len(alerts) > MOST_ALERTS:
        raise NotUnderstood(f"at most {MOST_ALERTS} alerts at once")
    return alerts


def parse(body: bytes) -> dict[str, Any]:
    """Parse a JSON object. Raises `NotUnderstood`."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstood("the body is not JSON") from None
    if not isinstance(content, dict):
        raise NotUnderstood("the body is not a JSON object")
    return content


def alertmanager(body: Mapping[str, Any]) -> list[ReceivedAlert]:
    """Parse alerts of Prometheus Alertmanager (webhook version 4), or of Grafana, which sends the same and more."""
    return [_of_alertmanager(alert) for alert in body["alerts"]]


def _of_alertmanager(alert: Mapping[str, Any]) -> ReceivedAlert:
    labels, notes = dict(alert.get("labels") or {}), dict(alert.get("annotations") or {})
    is_firing = alert["status"] == "firing"
    moment = moments.read(alert["startsAt"] if is_firing else alert.get("endsAt"))
    name = str(labels.get("alertname") or "Alert")
    return ReceivedAlert(
        key=str(alert.get("fingerprint") or json.dumps(labels, sort_keys=True)),
        title=str(notes.get("summary") or notes.get("title") or name),
        is_firing=is_firing,
        severity=str(labels.get("severity") or ""),
        text=str(notes.get("description") or ""),
        link=str(alert.get("panelURL") or alert.get("generatorURL") or ""),
        labels=labels,
        # Alertmanager writes the year 1 for "not yet".
        at=moment if moment and moment.year > 1 else None,
    )


def datadog(body: Mapping[str, Any]) -> list[ReceivedAlert]:
    """Parse Datadog's alert, with the payload given in `docs/alerts.md`."""
    tags = [tag.partition(":") for tag in str(body.get("tags") or "").split(",")]
    sent_at = str(body.get("date") or "")
    alert = ReceivedAlert(
        key=f"{body['id']}:{body.get('scope') or ''}",
        title=str(body["title"]),
        is_firing=_is_firing(body["transition"], DATADOG_FIRES),
        severity=str(body.get("priority") or ""),
        text=str(body.get("text") or ""),
        link=str(body.get("link") or ""),
        labels={name.strip(): value.strip() for name, _, value in tags if name.strip()},
        at=datetime.fromtimestamp(int(sent_at) / 1000, UTC) if sent_at.isdigit() else None,
    )
    return [alert]


def cloudwatch(body: Mapping[str, Any]) -> list[ReceivedAlert]:
    """Parse a CloudWatch alarm in an SNS message; the state of insufficient data is neither firing nor resolved."""
    alarm = parse(str(body["Message"]).encode())
    if alarm["NewStateValue"] not in ("ALARM", "OK"):
        return []
    trigger = alarm.get("Trigger") or {}
    dimensions = {str(dimension["name"]): str(dimension["value"]) for dimension in trigger.get("Dimensions") or ()}
    fields = {
        "alarm": str(alarm["AlarmName"]),
        "region": str(alarm.get("Region") or ""),
        "account": str(alarm.get("AWSAccountId") or ""),
        "metric": str(trigger.get("MetricName") or ""),
    }
    alert = ReceivedAlert(
        key=str(alarm.get("AlarmArn") or f"{fields['account']}:{fields['region']}:{fields['alarm']}"),
        title=fields["alarm"],
        is_firing=alarm["NewStateValue"] == "ALARM",
        text=str(alarm.get("AlarmDescription") or alarm.get("NewStateReason") or ""),
        labels=dimensions | fields,
        at=moments.read(alarm.get("StateChangeTime")),
    )
    return [alert]


def pagerduty(body: Mapping[str, Any]) -> list[ReceivedAlert]:
    """Parse PagerDuty's webhooks v3; only the beginning or end of an incident is an alert."""
    event = body["event"]
    if event["event_type"] not in (*PAGERDUTY_FIRES, "incident.resolved"):
        return []
    data = event["data"]
    service = str((data.get("service") or {}).get("summary") or "")
    alert = ReceivedAlert(
        key=str(data["id"]),
        title=str(data["title"]),
        is_firing=event["event_type"] in PAGERDUTY_FIRES,
        severity=str((data.get("priority") or {}).get("summary") or data.get("urgency") or ""),
        link=str(data.get("html_url") or ""),
        labels={"service": service, "urgency": str(data.get("urgency") or "")},
        at=moments.read(event.get("occurred_at")),
    )
    return [alert]


_READERS: Mapping[str, Callable[[Mapping[str, Any]], list[ReceivedAlert]]] = {
    "alertmanager": alertmanager,
    "grafana": alertmanager,
    "datadog": datadog,
    "sns": cloudwatch,
    "pagerduty": pagerduty,
}


def generic(body: Mapping[str, Any], mapping: Mappings) -> list[ReceivedAlert]:
    """Parse any JSON with the mapping's expressions from floor.yaml."""
    items = mapping["alerts"](body=body) if "alerts" in mapping else [body]
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise NotUnderstood("`alerts` of the mapping is not a list")
    # One more than the limit, so that too many alerts are refused instead of cut off.
    return [_of_mapping(body, item, mapping) for item in items[: MOST_ALERTS + 1]]


def _of_mapping(body: Mapping[str, Any], item: Any, mapping: Mappings) -> ReceivedAlert:
    values = {name: expression(body=body, item=item) for name, expression in mapping.items() if name != "alerts"}
    texts = {name: str(value if value is not None else "") for name, value in values.items()}
    labels = values.get("labels")
    if not texts["key"]:
        raise NotUnderstood("`key` of the mapping is empty for an alert")
    return ReceivedAlert(
        key=texts["key"],
        title=texts["title"],
        is_firing=_is_firing(texts["status"], FIRING),
        severity=texts.get("severity", ""),
        text=texts.get("text", ""),
        link=texts.get("link", ""),
        labels=labels if isinstance(labels, dict) else {},
        at=moments.read(texts.get("at")),
    )


def _is_firing(status: object, firing_words: Sequence[str]) -> bool:
    status_text = str(status).strip().lower()
    if status_text not in (*firing_words, *RESOLVED):
        raise NotUnderstood(
            f"the status {status_text[:40]!r} is neither that of an alert that fires nor of a resolved one"
        )
    return status_text in firing_words
