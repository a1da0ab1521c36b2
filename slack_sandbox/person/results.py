"""The results of a person's actions."""

from dataclasses import dataclass, field

from slack_sandbox.model import Json


@dataclass
class Answer:
    """The immediate answer to a slash command or a shortcut."""

    ok: bool
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    timed_out: bool = False
    error: str = ""


@dataclass
class Click:
    """Whether a click or choice was acknowledged in time."""

    acked: bool
    timed_out: bool
    trigger_id: str
    error: str = ""


@dataclass
class Submission:
    """The result of submitting a modal: closed, or still open with errors by block_id."""

    closed: bool
    errors: dict[str, str] = field(default_factory=dict)
    view: Json | None = None
    timed_out: bool = False
