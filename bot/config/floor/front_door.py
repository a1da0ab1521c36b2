"""Caller messages: how long one may be on before it must be reviewed, and which team routes calls."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from bot.config.floor.reading import Duration, FloorPart, matching, read_handle


class FrontDoor(FloorPart):
    """`routing_team` is a user group; without one nobody is brought in for a routing fault."""

    look_again_after: Duration = timedelta(minutes=30)
    escalated_after: Duration = timedelta(minutes=10)
    routing_team: (
        Annotated[str, BeforeValidator(read_handle), AfterValidator(matching(r"@\S+", "`@name`"))] | None
    ) = None
    routing_answer_within: Duration = timedelta(minutes=30)
