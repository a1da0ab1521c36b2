"""`POST /figures`: intervals that another system sends, signed with a secret that both know.

The signature is `v0=` and the HMAC-SHA256 of `v0:TIMESTAMP:BODY` as hexadecimal digits, as Slack signs its own.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.impact import importing, watch_tables
from bot.impact.importing import Result, Source
from bot.impact.reading.rows import QueueName, ReadRow
from bot.impact.rules.figures import NAMES
from bot.runtime.database import Database

ACCEPTED_FOR = timedelta(minutes=5)
MOST_ROWS = 2_000
MINUTES = (5, 15, 30, 60, 1440)
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
Name = Annotated[str, Field(max_length=100)]
Amount = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)] | None


class Interval(BaseModel):
    """A queue's figures of an interval, as they are sent. What is not known is left out."""

    model_config = ConfigDict(extra="forbid")

    queue: Annotated[str, Field(min_length=1, max_length=100)]
    site: Name = ""
    partner: Name = ""
    language: Name = ""
    channel: Name = ""
    starts_at: AwareDatetime
    minutes: int = 30
    offered: Amount = None
    answered: Amount = None
    answered_in: Amount = None
    abandoned: Amount = None
    abandoned_in: Amount = None
    removed_in: Amount = None
    aht_s: Amount = None
    asa_s: Amount = None
    abandon_wait_s: Amount = None
    agents: Amount = None
    oldest_s: Amount = None
    forecast_offered: Amount = None
    forecast_aht_s: Amount = None
    forecast_agents: Amount = None

    def row(self, line: int) -> ReadRow:
        """As a row of a file would be."""
        queue = QueueName(self.queue, self.site, self.partner, self.language, self.channel)
        figures = tuple(getattr(self, name, None) for name in NAMES)
        return ReadRow(line, queue, int(self.starts_at.timestamp()), self.minutes * 60, figures)


class Body(BaseModel):
    """What is sent at once."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, Field(max_length=100)] = "http"
    figures: Annotated[list[Interval], Field(min_length=1, max_length=MOST_ROWS)]


class NotSigned(Exception):
    """The request is not from somebody who knows the secret, or it is too old."""


class NotUnderstood(Exception):
    """The body is not what is described; the message names what is wrong."""


class FiguresEndpoint:
    """Takes what is signed; sent again it is not taken a second time."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @classmethod
    def of(cls, settings: Settings, floor: Floor) -> Self | None:
        """There is one where a secret is set."""
        secret = settings.figures_secret.get_secret_value()
        return cls(secret) if secret else None

    def take(self, database: Database, body: bytes, headers: Mapping[str, str], now: datetime) -> Result | None:
        """Keep the figures; None when this very request was taken before. Raises `NotSigned`, `NotUnderstood`."""
        signature = self._checked(body, headers, now)
        try:
            sent = Body.model_validate_json(body)
        except ValidationError as wrong:
            raise NotUnderstood(_problems(wrong)) from None
        _check_rows(sent)
        source = Source(f"post:{hashlib.sha256(body).hexdigest()}", sent.source, "", None)
        with database.transaction() as session:
            if not watch_tables.take_request(session, signature, now, now - 2 * ACCEPTED_FOR):
                return None
            rows = [interval.row(line) for line, interval in enumerate(sent.figures, 1)]
            return importing.import_few(session, source, rows, now)

    def _checked(self, body: bytes, headers: Mapping[str, str], now: datetime) -> str:
        timestamp = headers.get("x-watchfloor-timestamp", "")
        signature = headers.get("x-watchfloor-signature", "")
        if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
            raise NotSigned()
        if abs(now.timestamp() - int(timestamp)) > ACCEPTED_FOR.total_seconds():
            raise NotSigned()
        if not hmac.compare_digest(signature, sign(self._secret, timestamp, body)):
            raise NotSigned()
        return signature


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature of a body at a moment, seconds since 1970."""
    digest = hmac.new(secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return f"v0={digest}"


def _check_rows(sent: Body) -> None:
    seen: set[tuple[object, ...]] = set()
    for place, interval in enumerate(sent.figures):
        if interval.minutes not in MINUTES:
            raise NotUnderstood(f"figures.{place}.minutes: one of {', '.join(map(str, MINUTES))}")
        row = interval.row(place)
        key = (row.queue, row.starts_at)
        if key in seen:
            raise NotUnderstood(f"figures.{place}: the same queue and interval twice")
        seen.add(key)


def _problems(wrong: ValidationError) -> str:
    found = wrong.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in found[:5])
