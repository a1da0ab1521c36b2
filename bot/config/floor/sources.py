"""External systems that are read or sent to: addresses, schedules, and names of secrets."""

import ipaddress
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config.floor.reading import Duration, FloorPart, VariableName, VariableNameOrNone, matching

WEBHOOK_EVENTS = (
    *("declared", "severity", "status", "resolved", "reopened", "closed", "declined", "merged", "renamed", "scope"),
)
SystemName = Annotated[str, AfterValidator(matching(r"[a-z][a-z0-9_-]{0,39}", "`status-page`"))]


def read_network(raw: Any) -> Any:
    """`10.0.0.0/8` as a network."""
    try:
        return str(ipaddress.ip_network(str(raw)))
    except ValueError:
        raise ValueError(f"{raw!r} is no network; write it like `10.20.0.0/16`") from None


NetworkText = Annotated[str, BeforeValidator(read_network)]


class Address(FloorPart):
    """An address that the bot calls: `https://` on the public internet unless the file says otherwise."""

    url: str = ""
    # Private networks that may contain the address.
    allow_networks: tuple[NetworkText, ...] = ()
    # Without TLS: requests can be read and changed in transit.
    insecure: bool = False

    @model_validator(mode="after")
    def _is_safe(self) -> "Address":
        schemes = ("https://", "http://") if self.insecure else ("https://",)
        if self.url and not self.url.lower().startswith(schemes):
            raise ValueError(f"url: {self.url!r} is not safe; it must begin with `https://`")
        return self


class Source(Address):
    """An external system that is read on a schedule. `options` are specific to the kind."""

    kind: str
    secret: VariableNameOrNone = ""
    every: Duration = timedelta(minutes=5)
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_not_too_often(self) -> "Source":
        if self.every < timedelta(seconds=15):
            raise ValueError("every: at least `15 s`; other systems count requests")
        return self


class Webhook(Address):
    """An external system that is told about incidents; each request is signed with the secret."""

    url: str = Field(min_length=1)
    secret: VariableName
    # Events of `docs/api.md`; without any, all of them.
    events: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_events(self) -> "Webhook":
        unknown = sorted(set(self.events) - set(WEBHOOK_EVENTS))
        if unknown:
            raise ValueError(f"events: {', '.join(unknown)} are no events; there are {', '.join(WEBHOOK_EVENTS)}")
        return self
