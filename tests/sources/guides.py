"""The doctor's and `sources try`'s words about each kind of source, as its guide in docs/sources shows them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from bot.commands import sources as command
from bot.commands.doctor.sources import findings_of
from bot.config import floor
from bot.feeds.sources import Sources
from bot.runtime.clock import utcnow
from bot.runtime.network import Network
from bot.sources.answers import throttle_of
from tests.sources.connect import ConnectStandIn
from tests.sources.okta import OktaStandIn
from tests.sources.salesforce import SalesforceStandIn
from tests.sources.servicenow import ServiceNowStandIn
from tests.sources.stand_in import TOKEN, StandIn

ARN = "arn:aws:connect:eu-west-1:123456789012:instance/i-1"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
# The key under which a picture keeps its text.
PICTURED_TEXT = "Description"
REFUSED = ("unauthorized",) * 6


@dataclass
class Guide:
    """A source as its guide describes it, with the faults after each of which it is examined again."""

    kind: str
    name: str
    variable: str
    stand_in: StandIn
    secret: str = TOKEN
    options: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Sequence[str]] = (REFUSED,)

    @property
    def path(self) -> Path:
        """The path of the guide."""
        return Path("docs/sources") / f"{self.kind}.md"

    def sources(self, *, has_secret: bool = True) -> Sources:
        """Return sources with this one alone."""
        source = floor.Source(
            kind=self.kind,
            url=self.stand_in.url,
            secret=self.variable,
            insecure=True,
            allow_networks=("127.0.0.0/8",),
            options=dict(self.options),
        )
        environment = {self.variable: self.secret} if has_secret else {}
        return Sources({self.name: source}, Network(), Path(), environment=environment)

    def doctor(self) -> str:
        """Return the doctor's words: when all is well, without the secret, and with each fault."""
        return "\n".join(self._doctor_lines())

    def _doctor_lines(self) -> Iterator[str]:
        yield from self._examined(self.sources())
        yield from self._examined(self.sources(has_secret=False))
        for faults in self.faults:
            throttle_of.cache_clear()
            self.stand_in.faults.clear()
            self.stand_in.faults.extend(faults)
            yield from self._examined(self.sources())
        self.stand_in.faults.clear()

    def _examined(self, sources: Sources) -> Iterator[str]:
        yield from dict.fromkeys(map(str, findings_of(sources, self.name, self.kind)))

    def tried(self) -> str:
        """Return the output of `sources try`."""
        throttle_of.cache_clear()
        printed = "\n".join(command.rows_of(self.sources().get(self.name), self.name))
        return MOMENT.sub("2026-11-26 …", printed).replace(self.stand_in.url, "https://…")


def picture_of(kind: str) -> Path:
    """Return the path of the picture that `make pictures` made for a guide."""
    return Path("docs/images") / f"doctor-{kind}.png"


def pictured_text(kind: str) -> str:
    """Return the text in that picture."""
    with Image.open(picture_of(kind)) as image:
        return str(image.info[PICTURED_TEXT])


def okta() -> Guide:
    event = {"uuid": "u1", "eventType": "user.account.lock", "published": "2026-11-26T01:00:00.000Z"}
    target = {"type": "User", "id": "00u1", "alternateId": "ana@example.com"}
    events = [event | {"outcome": {"result": "FAILURE", "reason": "LOCKED_OUT"}, "target": [target]}]
    return Guide("okta", "sign-on", "OKTA_TOKEN", OktaStandIn(events))


def servicenow() -> Guide:
    stand_in = ServiceNowStandIn()
    about = {"company": "Acme", "short_description": "No dial tone in Manila", "location": "Manila"}
    stand_in.incident(7, f"{_ago(minutes=50):%Y-%m-%d %H:%M:%S}", **about)
    return Guide(
        "servicenow",
        "support",
        "SERVICENOW_SECRET",
        stand_in,
        faults=(REFUSED, ("", "forbidden", ""), ("throttled",)),
    )


def salesforce() -> Guide:
    stand_in = SalesforceStandIn()
    stand_in.case(7, _ago(minutes=50), Subject="No dial tone in Manila")
    faults = (("", "", "", "forbidden", ""), ("down",))
    return Guide(
        "salesforce", "care", "SALESFORCE_CLIENT_SECRET", stand_in, options={"client_id": "c"}, faults=faults
    )


def connect() -> Guide:
    options = {"instance_arn": ARN, "queues": {"q1": "Billing"}}
    faults = (("forbidden",), ("throttled",))
    return Guide("connect", "contact-centre", "CONNECT_KEYS", ConnectStandIn(), "KEY:secret", options, faults)


def _ago(**length: float) -> datetime:
    return (utcnow() - timedelta(**length)).astimezone(UTC)


GUIDES: Sequence[Callable[[], Guide]] = (connect, okta, salesforce, servicenow)
