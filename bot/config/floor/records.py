"""What is kept and for how long: the timeline, post-mortems, follow-ups."""

from datetime import time, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from bot.config.floor.reading import (
    WEEKDAYS,
    Duration,
    DurationOrNever,
    FloorPart,
    TimeOfDay,
    check_names,
    read_zone,
)


def read_digest(raw: Any) -> Any:
    """When the weekly message comes, or `never`."""
    return None if raw in (None, "never") else raw


class FollowUpDigest(FloorPart):
    """When the incidents channel hears of the follow-ups, once a week."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    at: TimeOfDay = time(9)
    zone: Annotated[str, BeforeValidator(read_zone)] = "UTC"

    @property
    def weekday(self) -> int:
        """The day as Python counts them: Monday is 0."""
        return list(WEEKDAYS).index(self.day)


class FollowUps(FloorPart):
    """How follow-ups are made and remembered; times of day are those where the owner lives."""

    reaction: str = "bookmark_tabs"
    due_within: Duration = timedelta(days=14)
    at: TimeOfDay = time(9)
    remind_before: DurationOrNever = timedelta(days=2)
    remind_every: DurationOrNever = timedelta(days=3)
    weekends: bool = False
    digest: Annotated[FollowUpDigest | None, BeforeValidator(read_digest)] = FollowUpDigest()

    @field_validator("reaction")
    @classmethod
    def _without_colons(cls, reaction: str) -> str:
        return reaction.strip(":")


class Retention(FloorPart):
    """How long what is over is kept: people's words, and the records of finished flows."""

    words: DurationOrNever = None
    flows: Duration = timedelta(days=30)


class PostMortems(FloorPart):
    """Who gets a copy of each draft, and where what is published is posted."""

    copy_to: tuple[str, ...] = ()
    channel: str | None = None

    @field_validator("copy_to")
    @classmethod
    def _are_people(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return check_names(names)

    @field_validator("channel")
    @classmethod
    def _without_hash(cls, channel: str | None) -> str | None:
        return channel.removeprefix("#").lower() if channel else None


class Reactions(FloorPart):
    """Which reactions say what about a message. Names as Slack writes them between the colons."""

    mark: tuple[str, ...] = ("pushpin", "round_pushpin")
    decision: tuple[str, ...] = ("scales",)
    ruled_out: tuple[str, ...] = ("no_entry_sign",)
    customer_impact: tuple[str, ...] = ("busts_in_silhouette",)

    @field_validator("*")
    @classmethod
    def _without_colons(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name.strip(":").partition("::")[0] for name in names)

    @model_validator(mode="after")
    def _say_one_thing(self) -> "Reactions":
        named = [name for names in self.model_dump().values() for name in names]
        repeated = sorted({name for name in named if named.count(name) > 1})
        if repeated:
            raise ValueError(f"{', '.join(repeated)}: a reaction can say only one thing; name it once")
        return self


class Timeline(FloorPart):
    """What is kept of what is said, and how a gap in it is filled."""

    reactions: Reactions = Reactions()
    # False: when somebody deletes a message in Slack, its words go here too; that it was deleted stays.
    keep_deleted_words: bool = True
    # Not having listened for so long means that something may have been missed.
    recover_after: Duration = timedelta(seconds=30)
    recover_page: int = Field(15, ge=1, le=200)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each reaction says."""
        return {name: kind for kind, names in self.reactions.model_dump().items() for name in names}
