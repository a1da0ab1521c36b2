"""What is kept and for how long: the timeline, post-mortems, follow-ups."""

from datetime import time, timedelta
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from bot.config.floor.reading import (
    WEEKDAYS,
    ChannelName,
    Duration,
    DurationOrNever,
    FloorPart,
    People,
    Reaction,
    TimeOfDay,
    Weekday,
    Zone,
)


def read_digest(raw: Any) -> Any:
    """Return the weekly digest's settings, or None for `never`."""
    return None if raw in (None, "never") else raw


class FollowUpDigest(FloorPart):
    """When the incidents channel gets its weekly digest of follow-ups."""

    day: Weekday = "monday"
    at: TimeOfDay = time(9)
    zone: Zone = "UTC"

    @property
    def weekday(self) -> int:
        """The day as Python numbers it: Monday is 0."""
        return list(WEEKDAYS).index(self.day)


class FollowUps(FloorPart):
    """How follow-ups are created and reminded of; times of day are in the owner's zone."""

    reaction: Reaction = "bookmark_tabs"
    due_within: Duration = timedelta(days=14)
    at: TimeOfDay = time(9)
    remind_before: DurationOrNever = timedelta(days=2)
    remind_every: DurationOrNever = timedelta(days=3)
    weekends: bool = False
    digest: Annotated[FollowUpDigest | None, BeforeValidator(read_digest)] = FollowUpDigest()


class Retention(FloorPart):
    """Retention times for people's words in ended incidents, and for the records of finished flows."""

    words: DurationOrNever = None
    flows: Duration = timedelta(days=30)


class PostMortems(FloorPart):
    """Who gets a copy of each draft, and the channel for published post-mortems."""

    copy_to: People = ()
    channel: ChannelName | None = None


class Reactions(FloorPart):
    """What each reaction says about a message. Names are as Slack writes them between the colons."""

    mark: tuple[Reaction, ...] = ("pushpin", "round_pushpin")
    decision: tuple[Reaction, ...] = ("scales",)
    ruled_out: tuple[Reaction, ...] = ("no_entry_sign",)
    customer_impact: tuple[Reaction, ...] = ("busts_in_silhouette",)

    @model_validator(mode="after")
    def _are_distinct(self) -> "Reactions":
        all_names = [name for names in self.model_dump().values() for name in names]
        repeated = sorted({name for name in all_names if all_names.count(name) > 1})
        if repeated:
            raise ValueError(f"{', '.join(repeated)}: a reaction can say only one thing; name it once")
        return self


class Timeline(FloorPart):
    """What is kept of messages, and how gaps are filled."""

    reactions: Reactions = Reactions()
    # False: when a message is deleted in Slack, its text is deleted here too; the fact of the deletion stays.
    keep_deleted_words: bool = True
    # Not listening for at least this long means that messages may have been missed.
    recover_after: Duration = timedelta(seconds=30)
    recover_page: int = Field(15, ge=1, le=200)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The kind of entry that each reaction stands for."""
        return {name: kind for kind, names in self.reactions.model_dump().items() for name in names}
