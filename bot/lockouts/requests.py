"""`POST /lockouts`: accounts that another system says are locked or unlocked, signed with a secret."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from bot.incidents.registry import SignedPost
from bot.lockouts.recording import AccountChange, record
from bot.lockouts.rules import Release
from bot.services import Services
from bot.sources import signatures
from bot.sources.port import LockoutKind

MOST_ROWS = 2_000
Name = Annotated[str, Field(min_length=1, max_length=100)]


class SentLockout(BaseModel):
    """A change to an account. There is no field for a password, a link or a code, and none is accepted."""

    model_config = ConfigDict(extra="forbid")

    id: Name
    login: Name
    at: AwareDatetime
    event: Literal["locked", "unlocked", "signed in"] = "locked"
    user_id: Annotated[str, Field(max_length=100)] = ""
    partner: Annotated[str, Field(max_length=75)] = ""
    release: Release = Release.ADMINISTRATOR

    def account_change(self) -> AccountChange:
        """The event in the form in which it is recorded."""
        user_id = self.user_id or self.login.casefold()
        return AccountChange(
            self.id, user_id, self.login, LockoutKind(self.event), self.at, self.partner, self.release
        )


class Body(BaseModel):
    """The body of one request."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, Field(min_length=1, max_length=100)] = "http"
    lockouts: Annotated[list[SentLockout], Field(min_length=1, max_length=MOST_ROWS)]


def _record_request(services: Services, session: Session, body: bytes, now: datetime) -> Mapping[str, object]:
    request_body = signatures.parse(Body, body)
    rows = [each.account_change() for each in request_body.lockouts]
    new_count = record(session, services.floor, request_body.source, rows, now)
    return {"rows": len(rows), "new": new_count}


POST = SignedPost("/lockouts", lambda settings: settings.lockouts_secret, _record_request)
