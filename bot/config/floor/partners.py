"""Partners, and how long one may take to answer."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config.floor.reading import Duration, FloorPart, Language, Name, matching, read_handle


class Partner(FloorPart):
    """A company that works for the floor: its channel, its language, and whom to phone when it does not answer."""

    name: Name = Field(max_length=75)
    channel: Annotated[str, BeforeValidator(read_handle), AfterValidator(matching(r"#\S+", "`#name`"))] | None = (
        None
    )
    language: Language = "en"
    contact: str = Field(default="", max_length=150)
    phone: str = Field(default="", max_length=50)


def read_partner(raw: Any) -> Any:
    """`Northline` alone is a partner without a channel, who is phoned."""
    return {"name": raw} if isinstance(raw, str) else raw


class PartnerAnswers(FloorPart):
    """Time limits for a partner's answer: until it is reminded, and until the commander is told its name."""

    reminded_after: Duration = timedelta(minutes=10)
    named_after: Duration = timedelta(minutes=20)

    @model_validator(mode="after")
    def _in_order(self) -> "PartnerAnswers":
        if self.named_after <= self.reminded_after:
            raise ValueError("named_after must be longer than reminded_after")
        return self
