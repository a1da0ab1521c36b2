"""Declaring flows and their steps: `flow`, `waiting_flow`, `step`."""

import contextvars
import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from dbos import DBOS
from msgspec import Struct
from pydantic import BaseModel

from bot.errors import TryLater

Request = TypeVar("Request", bound=BaseModel)
Arguments = ParamSpec("Arguments")
Host = TypeVar("Host")
Result = TypeVar("Result")


class Flow(Struct, Generic[Request], frozen=True):
    """Several steps that, once started, are finished whatever happens to the process."""

    name: str
    function: Callable[[Any, Request], None]
    request_type: type[Request]
    is_waiting_flow: bool = False


flows_by_name: dict[str, Flow[Any]] = {}
# Inside a flow: the function that lets others go first, called before each step.
yield_to_foreground: contextvars.ContextVar[Callable[[], None] | None] = contextvars.ContextVar(
    "give_way", default=None
)


def flow(function: Callable[[Any, Request], None]) -> Flow[Request]:
    """Declare a flow: a function of the services and one request. Its name is kept in the database."""
    return _register(function, is_waiting_flow=False)


def waiting_flow(function: Callable[[Any, Request], None]) -> Flow[Request]:
    """Declare a flow that does little but wait for Slack."""
    return _register(function, is_waiting_flow=True)


def _register(function: Callable[[Any, Request], None], *, is_waiting_flow: bool) -> Flow[Request]:
    parameters = list(inspect.signature(function, eval_str=True).parameters.values())
    declared: Flow[Request] = Flow(function.__name__, function, parameters[1].annotation, is_waiting_flow)
    flows_by_name[declared.name] = declared
    return declared


def step(
    function: Callable[Concatenate[Host, Arguments], Result],
) -> Callable[Concatenate[Host, Arguments], Result]:
    """Declare a step of a flow: its result (something JSON can hold) is stored, so a restart continues after it."""

    @functools.wraps(function)
    def run(services: Host, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        give_way = yield_to_foreground.get()
        if give_way is None:
            return function(services, *args, **kwargs)
        give_way()
        return _run_step(function.__name__, lambda: function(services, *args, **kwargs))

    return run


def _run_step(name: str, function: Callable[[], Result]) -> Result:
    """Run a step, or return its result from before a restart. A failure is kept as "not done", not as an error."""
    failures: list[Exception] = []

    def attempt() -> dict[str, Any]:
        try:
            return {"result": function()}
        except Exception as failure:  # noqa: BLE001 - the checkpoint must not hold it; it is raised again below
            failures.append(failure)
            return {}

    checkpoint = DBOS.run_step({"name": name}, attempt)
    if failures:
        raise failures[0]
    if "result" not in checkpoint:
        raise TryLater(f"{name} had failed before the restart", wait_s=0)
    result: Result = checkpoint["result"]
    return result


class Backoff(Struct, frozen=True):
    """How long a flow waits before it tries again: doubling from `first_s`, at most `longest_s`."""

    first_s: float = 1.0
    longest_s: float = 60.0

    def before(self, attempt: int) -> float:
        """Seconds to wait before the attempt after number `attempt` (the first is 1)."""
        return min(self.longest_s, self.first_s * 2.0 ** min(attempt - 1, 16))
