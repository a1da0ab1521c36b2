"""`POST /figures`: intervals that another system sends."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from bot.impact import importing
from bot.impact.importing import Source
from bot.impact.reading.rows import QueueName, ReadRow
from bot.impact.rules.figures import NAMES
from bot.incidents.registry import TAKEN_BEFORE, SignedPost
from bot.services import Services
from bot.sources import signatures
from bot.sources.signatures import NotUnderstood

MOST_ROWS = 2_000
MINUTES = (5, 15, 30, 60, 1440)
Name = Annotated[str, Field(max_length=100)]
Amount = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)] | None


class Interval(BaseModel):
    """A queue's figures for an interval, as sent. Unknown figures are left out."""

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
    agents_scheduled: Amount = None
    agents_available: Amount = None
    oldest_s: Amount = None
    forecast_offered: Amount = None
    forecast_aht_s: Amount = None
    forecast_agents: Amount = None

    def row(self, line: int) -> ReadRow:
        """The interval as a row of a file."""
        queue = QueueName(self.queue, self.site, self.partner, self.language, self.channel)
        figures = tuple(getattr(self, name, None) for name in NAMES)
        return ReadRow(line, queue, int(self.starts_at.timestamp()), self.minutes * 60, figures)


class Body(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, Field(max_length=100)] = "http"
    figures: Annotated[list[Interval], Field(min_length=1, max_length=MOST_ROWS)]


def import_request(services: Services, session: Session, body: bytes, now: datetime) -> Mapping[str, object]:
    """Save the figures of a body within the transaction. Raises `NotUnderstood`."""
    request_body = signatures.parse(Body, body)
    _check_rows(request_body)
    source = Source(f"post:{hashlib.sha256(body).hexdigest()}", request_body.source, "", None)
    rows = [interval.row(line) for line, interval in enumerate(request_body.figures, 1)]
    result = importing.import_few(session, source, rows, now)
    if result.is_known:
        return TAKEN_BEFORE
    left_out = [f"figures.{row.line - 1}: {row.reason}" for row in result.left_out]
    if not result.rows:
        raise NotUnderstood("; ".join(left_out[: importing.REASONS_SHOWN]))
    return {"rows": result.rows} | ({"left_out": left_out} if left_out else {})


POST = SignedPost("/figures", lambda settings: settings.figures_secret, import_request)


def _check_rows(request_body: Body) -> None:
    seen_keys: set[tuple[object, ...]] = set()
    for index, interval in enumerate(request_body.figures):
        if interval.minutes not in MINUTES:
            raise NotUnderstood(f"figures.{index}.minutes: one of {', '.join(map(str, MINUTES))}")
        row = interval.row(index)
        key = (row.queue, row.starts_at)
        if key in seen_keys:
            raise NotUnderstood(f"figures.{index}: the same queue and interval twice")
        seen_keys.add(key)
