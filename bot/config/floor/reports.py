"""Scheduled reports: when, to whom, for which region."""

from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from bot.config.floor.reading import WEEKDAYS, FloorPart, TimeOfDay, Weekday, Zone, check_names


class Report(FloorPart):
    """A report that is sent on a schedule, about the day, week or month that has ended."""

    every: Literal["day", "week", "month"]
    to: tuple[str, ...] = Field(min_length=1)
    at: TimeOfDay = time(8)
    # The day on which a weekly report is sent, and on which its week begins.
    day: Weekday = "monday"
    zone: Zone = "UTC"
    region: str = ""

    @field_validator("to")
    @classmethod
    def _are_channels_or_people(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        people = check_names(tuple(name for name in names if not name.startswith("#")))
        return (*(name.lower() for name in names if name.startswith("#")), *people)

    @property
    def weekday(self) -> int:
        """The day as Python numbers it: Monday is 0."""
        return list(WEEKDAYS).index(self.day)


class Reports(FloorPart):
    """All reports; `docs/reports.md` explains every key."""

    sent: tuple[Report, ...] = ()
    # The sites of each region.
    regions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    # People and groups whose own copy names the open cases of sensitive customers.
    sensitive_to: Annotated[tuple[str, ...], AfterValidator(check_names)] = ()

    @model_validator(mode="after")
    def _regions_are_known(self) -> "Reports":
        unknown = sorted({report.region for report in self.sent if report.region} - set(self.regions))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is no region; add it to `regions` with its sites")
        return self
