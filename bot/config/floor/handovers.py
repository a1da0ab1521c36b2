"""Time limits for accepting a handover."""

from datetime import timedelta

from pydantic import model_validator

from bot.config.floor.reading import Duration, FloorPart


class Handovers(FloorPart):
    """Time until the reminder, and until others are told; both count from the offer."""

    reminded_after: Duration = timedelta(minutes=15)
    escalated_after: Duration = timedelta(minutes=25)

    @model_validator(mode="after")
    def _in_order(self) -> "Handovers":
        if self.escalated_after <= self.reminded_after:
            raise ValueError("escalated_after must be longer than reminded_after")
        return self
