"""Alerts of monitoring systems: permitted senders, grouping, and when an incident is proposed."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator

from bot.config.floor.reading import ChannelName, Duration, FloorPart, SeverityName, VariableNameOrNone

AlertKind = Literal["alertmanager", "grafana", "datadog", "sns", "pagerduty", "generic"]
NEEDED_OF_GENERIC = ("key", "title", "status")


class AlertRule(FloorPart):
    """A rule about alerts; the first rule whose condition holds decides. `when` and `title` are Jinja."""

    when: str = "true"
    # The minimum number of a group's alerts that fire within the time; resolved ones do not count.
    at_least: int = Field(1, ge=1, le=1000)
    within: Duration = timedelta(minutes=20)
    then: Literal["propose", "declare", "note"] = "propose"
    title: str = ""
    severity: SeverityName = "S2"
    type: str = ""


class AlertSource(FloorPart):
    """A system that may send alerts to `/alerts/NAME`."""

    kind: AlertKind
    # The environment variable with the secret; SNS has none, since AWS signs its messages.
    secret: VariableNameOrNone = ""
    signed: bool = False
    # SNS: the topic whose messages are accepted.
    topic: str = ""
    channel: ChannelName = ""
    # Labels whose values put alerts into one group; without any, each alert is its own group.
    group_by: tuple[str, ...] = ()
    rules: tuple[AlertRule, ...] = (AlertRule(),)
    # For `generic`: Jinja expressions over `body` and, for each alert, `item`.
    mapping: dict[str, str] = Field(default_factory=dict)
    requests_per_minute: int = Field(120, ge=1, le=6000)

    @model_validator(mode="after")
    def _is_whole(self) -> "AlertSource":
        if self.kind == "sns" and not self.topic.startswith("arn:"):
            raise ValueError("topic: name the SNS topic, like `arn:aws:sns:eu-west-1:123456789012:alarms`")
        if self.kind != "sns" and not self.secret:
            raise ValueError("secret: name the environment variable that holds it")
        missing = [name for name in NEEDED_OF_GENERIC if name not in self.mapping]
        if self.kind == "generic" and missing:
            raise ValueError(f"mapping: {', '.join(missing)} missing")
        return self
