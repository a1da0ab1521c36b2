"""Limits on templates: processor time, and the length of any text they produce."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import do_join, do_replace
from jinja2.nodes import EvalContext
from jinja2.runtime import markup_join
from jinja2.utils import pass_eval_context
from jinja2.visitor import NodeTransformer

MAX_OUTPUT_CHARS = 400_000
# The shipped templates take a few milliseconds.
MAX_SECONDS = 1.0
EACH_TURN, CONCATENATE = "each_turn", "concatenate"

# The processor time at which rendering must end, and how long that is.
_limit: ContextVar[tuple[float, float]] = ContextVar("limit", default=(float("inf"), MAX_SECONDS))


@contextmanager
def time_limit(limit_s: float = MAX_SECONDS) -> Iterator[None]:
    """Limit the processor time of rendering in this block, however busy the machine is."""
    token = _limit.set((time.thread_time() + limit_s, limit_s))
    try:
        yield
    finally:
        _limit.reset(token)


def check_time() -> None:
    """Raise `SecurityError` when the time is up."""
    ends_at, limit_s = _limit.get()
    if time.thread_time() > ends_at:
        raise SecurityError(f"it takes longer than {limit_s:g} s")


def limited(value: Any) -> Any:
    """Return the value; raise `SecurityError` if it is a text that is too long."""
    if isinstance(value, str):
        _check_length(len(value))
    return value


def _check_length(length: int) -> None:
    if length > MAX_OUTPUT_CHARS:
        raise SecurityError(f"it makes a text of more than {MAX_OUTPUT_CHARS:,} characters")


class AddLimits(NodeTransformer):
    """Adds limits to a template: each iteration of a loop checks the time, `~` checks the length."""

    def visit_For(self, loop: nodes.For) -> nodes.For:
        """Check the time in each iteration of a loop."""
        self.generic_visit(loop)
        loop.iter = _apply_filter(cast(nodes.Expr, loop.iter), EACH_TURN, loop)
        return loop

    def visit_Concat(self, concat: nodes.Concat) -> nodes.Expr:
        """`first ~ second`."""
        self.generic_visit(concat)
        return _apply_filter(nodes.List(concat.nodes), CONCATENATE, concat)


def _apply_filter(expression: nodes.Expr, name: str, original: nodes.Node) -> nodes.Filter:
    filter_node = nodes.Filter(expression, name, [], [], None, None)
    filter_node.set_environment(original.environment)  # type: ignore[arg-type]  # a parsed node has one
    filter_node.set_lineno(original.lineno)
    return filter_node


def _each_turn(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        check_time()
        yield item


def _concatenate(parts: list[Any]) -> Any:
    _check_length(sum(len(part) for part in parts if isinstance(part, str)))
    return markup_join(parts)


@pass_eval_context
def _join(context: EvalContext, value: Iterable[Any], d: str = "", attribute: str | int | None = None) -> str:
    parts = list(value)
    _check_length(len(parts) * len(d) + sum(len(part) for part in parts if isinstance(part, str)))
    return cast(str, do_join(context, parts, d, attribute))


@pass_eval_context
def _replace(context: EvalContext, text: str, old: str, new: str, count: int | None = None) -> str:
    _check_length(len(text) + text.count(old) * len(new))
    return do_replace(context, text, old, new, count)


FILTERS = {EACH_TURN: _each_turn, CONCATENATE: _concatenate, "join": _join, "replace": _replace}
