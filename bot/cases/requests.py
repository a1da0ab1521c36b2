"""`POST /cases`: cases sent by another system, signed with a shared secret."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from bot.cases import storing
from bot.cases.rows import CaseRow, StateChange
from bot.incidents.registry import SignedPost
from bot.services import Services
from bot.sources import signatures

# A request is one transaction, and clicks must not wait for it.
MOST_ROWS = 200
Name = Annotated[str, Field(max_length=200)]


class SentState(BaseModel):
    """A state that the case was in, and since when."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    state: Annotated[str, Field(min_length=1, max_length=200)]


class SentCase(BaseModel):
    """A case as it is sent; unknown fields are left out."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=200)]
    opened_at: AwareDatetime
    updated_at: AwareDatetime | None = None
    number: Name = ""
    kind: Literal["case", "change", "task"] = "case"
    title: Annotated[str, Field(max_length=300)] = ""
    text: Annotated[str, Field(max_length=8_000)] = ""
    customer: Name = ""
    priority: Literal["", "P1", "P2", "P3", "P4", "P5"] = ""
    region: Name = ""
    team: Name = ""
    owner: Name = ""
    state: Name = ""
    sla_started_at: AwareDatetime | None = None
    sla_minutes: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    schedule: Name = ""
    ended_at: AwareDatetime | None = None
    reopened: Annotated[int, Field(ge=0, le=1_000)] = 0
    url: Annotated[str, Field(max_length=500, pattern=r"^(https://[^\s<>|]+)?$")] = ""
    traits: Annotated[dict[Name, Name], Field(max_length=20)] = {}
    history: Annotated[list[SentState], Field(max_length=200)] = []

    def row(self) -> CaseRow:
        """The case as a row for `storing.upsert`."""
        return CaseRow(
            external_id=self.id,
            opened_at=self.opened_at,
            updated_at=self.updated_at or self.ended_at or self.opened_at,
            is_dated=bool(self.updated_at or self.ended_at),
            name=self.number or self.id,
            started_at=self.sla_started_at,
            target=timedelta(minutes=self.sla_minutes) if self.sla_minutes else None,
            history=tuple(StateChange(each.at, each.state) for each in self.history),
            **self.model_dump(
                include={"kind", "title", "text", "customer", "priority", "region", "team", "owner", "state"}
                | {"schedule", "ended_at", "reopened", "url", "traits"}
            ),
        )


class Body(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, Field(min_length=1, max_length=100)] = "http"
    cases: Annotated[list[SentCase], Field(min_length=1, max_length=MOST_ROWS)]


def _store_cases(services: Services, session: Session, body: bytes, now: datetime) -> Mapping[str, object]:
    request_body = signatures.parse(Body, body)
    stored = storing.upsert(
        session, services.floor.cases, request_body.source, [each.row() for each in request_body.cases], now
    )
    storing.after_rows(session, services.floor, now)
    return {"rows": stored.count, "new": stored.new, "changed": stored.changed, "unchanged": stored.unchanged}


POST = SignedPost("/cases", lambda settings: settings.cases_secret, _store_cases)
