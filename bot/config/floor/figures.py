"""How queue figures are read and judged: the zone of files, goals by group of queues, patience."""

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from bot.config.floor.reading import Duration, FloorPart, Zone

Formula = Literal["offered", "answered", "with_abandoned", "without_short_abandons", "removed_from_queue"]


def read_percent(raw: Any) -> Any:
    """`80` or `80 %` as a share of 1."""
    text = str(raw).strip().removesuffix("%").strip()
    try:
        percent = float(text)
    except ValueError:
        percent = 0
    if not 1 <= percent <= 100:
        raise ValueError(f"{raw!r} is not a percentage between 1 and 100; write it like `80 %`")
    return percent / 100


Percent = Annotated[float, BeforeValidator(read_percent)]


class ServiceLevelGoal(FloorPart):
    """The share of contacts to be answered within a time, and which of the five formulas measures it."""

    formula: Formula = "offered"
    within: Duration = timedelta(seconds=20)
    target: Percent = 0.8


class QueueGroup(FloorPart):
    """Queues with their own goal; `queues` are names, `*` stands for anything."""

    queues: tuple[str, ...] = Field(min_length=1)
    service_level: ServiceLevelGoal = ServiceLevelGoal()
    # How long callers wait on average before giving up, where the figures do not tell.
    patience: Duration = timedelta(minutes=2)

    def has(self, name: str) -> bool:
        """Whether the queue is in this group. Case is ignored."""
        return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in self.queues)


class Figures(FloorPart):
    """The first group that contains a queue sets its goal; other queues have the goal given here."""

    zone: Zone = "UTC"
    service_level: ServiceLevelGoal = ServiceLevelGoal()
    patience: Duration = timedelta(minutes=2)
    groups: dict[str, QueueGroup] = Field(default_factory=dict)
    warnings: bool = True

    @model_validator(mode="after")
    def _groups_are_distinct(self) -> "Figures":
        patterns = [pattern.casefold() for group in self.groups.values() for pattern in group.queues]
        repeated = sorted({pattern for pattern in patterns if patterns.count(pattern) > 1})
        if repeated:
            raise ValueError(f"groups: {', '.join(repeated)} is in two groups; a queue has one goal")
        return self

    def group_of(self, name: str) -> QueueGroup:
        """Return the group of a queue, or one with the default goal."""
        matching_groups = (group for group in self.groups.values() if group.has(name))
        default_group = QueueGroup(queues=("*",), service_level=self.service_level, patience=self.patience)
        return next(matching_groups, default_group)

    def threshold_s(self, name: str) -> float:
        """The seconds within which a queue's contacts should be answered."""
        return self.group_of(name).service_level.within.total_seconds()
