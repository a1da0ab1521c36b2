"""The playbook file: phases of steps, each with an owner, a due time, conditions and effects."""

import hashlib
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from bot.config.floor import SeverityName
from bot.playbooks.field_types import (
    DUE_PATTERN,
    Group,
    Label,
    Length,
    Link,
    Many,
    Name,
    OneOrMany,
    Paragraph,
    Sentence,
    Slug,
    Some,
    Title,
    Word,
    read_due,
)

START = "start"
PHASE = "phase"
MAX_STEPS = 80

RoleName = Literal["commander", "communications_lead", "scribe", "responder"]
Requirement = Literal["before resolve", "before close"]
AskKind = Literal["choice", "number", "text", "person", "time"]
# Milestones of the incident that an answer with a time can set, by the timeline's names.
AskMilestone = Literal["started", "detected", "mitigated"]
FrontDoor = Literal["normal", "inform", "inform and deflect", "inform and disconnect"]


class Part(BaseModel):
    """A part of the file: unknown keys are errors, types are not coerced, instances are immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Applies(Part):
    """Which incidents the playbook is for; a key that is left out matches all."""

    types: OneOrMany[Name] = ()
    severities: OneOrMany[SeverityName] = ()
    sites: OneOrMany[Word] = ()


class Guide(Part):
    """A link to keep at hand."""

    title: Label
    url: Link


class DueTime(Part):
    """`within` a length of time after the start of the run, of the phase, or after another step's end."""

    within: Length
    after: Slug = START


Due = Annotated[
    DueTime,
    BeforeValidator(read_due),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": DUE_PATTERN, "examples": ["10 min after start"]},
                {
                    "type": "object",
                    "properties": {"within": {"type": "string"}, "after": {"type": "string"}},
                    "required": ["within"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


class When(Part):
    """The step is wanted only if all of these conditions hold."""

    severity_at_least: SeverityName | None = None
    site_among: OneOrMany[Word] = ()
    partner_among: OneOrMany[Word] = ()
    done: OneOrMany[Slug] = ()
    skipped: OneOrMany[Slug] = ()
    answers: dict[Name, OneOrMany[Word]] = {}

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that the condition refers to."""
        return (*self.done, *self.skipped)


class SkipWhen(Part):
    """If all of these hold, the step's purpose is already met: it is skipped, with the reason."""

    severity_at_least: SeverityName | None = None
    told: Name | None = None
    held: OneOrMany[RoleName] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.severity_at_least is None and self.told is None and not self.held:
            raise ValueError("is empty; write `severity_at_least`, `told` or `held`")
        return self


class Ask(Part):
    """A question the step asks; conditions and messages refer to its answer by `id`."""

    id: Name
    question: Title
    kind: AskKind = "text"
    options: Many[Label] = Field(default=(), max_length=25)
    optional: bool = False
    milestone: AskMilestone | None = None
    # For a time: it may be in the future, such as a deadline.
    may_be_later: bool = False

    @model_validator(mode="after")
    def _is_a_time(self) -> Self:
        if self.milestone and self.kind != "time":
            raise ValueError("sets a milestone, so it asks for a time; write `kind: time`")
        return self

    @model_validator(mode="after")
    def _has_options(self) -> Self:
        if self.kind == "choice" and len(self.options) < 2:
            raise ValueError("is a choice, so it needs at least two options")
        if self.kind != "choice" and self.options:
            raise ValueError(f"has options, but its kind is `{self.kind}`; write `kind: choice`")
        if len(set(self.options)) < len(self.options):
            raise ValueError("offers the same option twice; keep one")
        return self


class Post(Part):
    """A message to one of the floor's audiences, sent after the user has confirmed it."""

    to: Name
    message: Paragraph


class Sets(Part):
    """What changes in the incident when the step is done."""

    status: Literal["investigating", "identified", "mitigated", "monitoring"] | None = None
    front_door: FrontDoor | None = None
    cadence: Length | None = None


class Invites(Part):
    """The people invited into the channel when the step is done."""

    groups: OneOrMany[Group] = ()
    roles: OneOrMany[RoleName] = ()


class Step(Part):
    """One thing to do."""

    id: Slug
    title: Title
    instructions: Paragraph | None = None
    owner: RoleName = "commander"
    due: Due | None = None
    when: When = When()
    skip_when: SkipWhen | None = None
    required: Requirement | None = None
    repeat_every: Length | None = None
    asks: Many[Ask] = Field(default=(), max_length=20)
    posts: Post | None = None
    sets: Sets | None = None
    invites: Invites | None = None
    # Titles of guides that help with the step, from this file, floor.yaml or its folder of guides.
    guides: OneOrMany[Title] = Field(default=(), max_length=3)


class Phase(Part):
    """Steps that belong together."""

    id: Slug
    title: Label
    steps: Some[Step]


class Playbook(Part):
    """The whole file."""

    title: Label
    summary: Sentence
    applies: Applies = Applies()
    private: bool = False
    stand_down: OneOrMany[Sentence] = Field(default=(), max_length=10)
    guides: Many[Guide] = Field(default=(), max_length=10)
    phases: Some[Phase] = Field(max_length=10)

    @model_validator(mode="after")
    def _is_not_too_long(self) -> Self:
        if len(self.steps) > MAX_STEPS:
            raise ValueError(f"has {len(self.steps)} steps; at most {MAX_STEPS} fit on Slack's screens")
        return self

    @cached_property
    def steps(self) -> dict[str, Step]:
        """Every step by its id, in file order."""
        return {step.id: step for phase in self.phases for step in phase.steps}

    @cached_property
    def asks(self) -> dict[str, Ask]:
        """Every question by its id."""
        return {ask.id: ask for step in self.steps.values() for ask in step.asks}

    @cached_property
    def version(self) -> str:
        """A hash that changes whenever the file's meaning changes."""
        return hashlib.sha256(self.as_copy().encode()).hexdigest()[:12]

    def phase_of(self, step_id: str) -> Phase:
        return next(phase for phase in self.phases if any(step.id == step_id for step in phase.steps))

    def as_copy(self) -> str:
        """The serialized copy that a run keeps; `read_copy` reads it back."""
        return self.model_dump_json(exclude_defaults=True)


# Cached because every click reads its run's copy several times and few copies are in use at once.
@lru_cache(maxsize=128)
def read_copy(copy: str) -> Playbook:
    """Parse the playbook copy kept by a run."""
    return Playbook.model_validate_json(copy)


def json_schema() -> dict[str, Any]:
    """The JSON schema of the file, for completion and validation in editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Playbook.model_json_schema()}
