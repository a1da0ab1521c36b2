"""Composable validation rules: a rule checks a value and collects the errors that Slack would report."""

import re
from collections.abc import Callable, Mapping
from typing import Any


class Problems:
    """Errors in Slack's wording, each with a pointer to its place."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def note(self, objection: str, pointer: str) -> None:
        self.messages.append(f"[ERROR] {objection} [json-pointer:{pointer}]")


Rule = Callable[[Any, str, Problems], None]
Rules = Mapping[str, Rule]


def string(most: int, least: int = 1, pattern: str = "") -> Rule:
    """A string with `least` to `most` characters."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.note("must be a string", pointer)
        elif len(value) > most:
            problems.note(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            problems.note(f"must be more than {least - 1} characters", pointer)
        elif pattern and not re.fullmatch(pattern, value):
            problems.note("must match the expected format", pointer)

    return check


def integer(low: int, high: int) -> Rule:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.note("must be an integer", pointer)
        elif value < low:
            problems.note(f"must be greater than or equal to {low}", pointer)
        elif value > high:
            problems.note(f"must be less than or equal to {high}", pointer)

    return check


def flag(value: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(value, bool):
        problems.note("must be a boolean", pointer)


def anything(value: Any, pointer: str, problems: Problems) -> None:
    """Accept a part that Slack, or this sandbox, does not check."""


def one_of(*known: str) -> Rule:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if value not in known:
            problems.note("must be a valid enum value", pointer)

    return check


def items(rule: Rule, most: int, least: int = 1) -> Rule:
    """A list of `least` to `most` items, each of which follows the rule."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.note("must be an array", pointer)
            return
        if len(value) > most:
            problems.note(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            problems.note(f"no fewer than {least} items allowed", pointer)
        for index, item in enumerate(value):
            rule(item, f"{pointer}/{index}", problems)

    return check


def shape(required: Rules, optional: Rules | None = None, also: Rule | None = None) -> Rule:
    """An object with these properties and no others; if they are valid, `also` checks the whole."""
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.note("must be an object", pointer)
            return
        before = len(problems.messages)
        for name in required:
            if value.get(name) is None:
                problems.note(f"missing required field: {name}", pointer)
        for name, part in value.items():
            if name in known:
                if part is not None:
                    known[name](part, f"{pointer}/{name}", problems)
            elif name != "type":
                problems.note(f"invalid additional property: {name}", pointer)
        if also is not None and len(problems.messages) == before:
            also(value, pointer, problems)

    return check


def by_type(known: Rules) -> Rule:
    """An object whose `type` determines the rule that it follows."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.note("must be an object", pointer)
            return
        kind = value.get("type")
        if kind is None:
            problems.note("missing required field: type", pointer)
        elif not isinstance(kind, str) or kind not in known:
            problems.note(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            known[kind](value, pointer, problems)

    return check


def all_of(*rules: Rule) -> Rule:
    """Apply the rules in order, up to the first that fails."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        before = len(problems.messages)
        for rule in rules:
            if len(problems.messages) == before:
                rule(value, pointer, problems)

    return check


def at_least_one_of(*names: str) -> Rule:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not any(value.get(name) for name in names):
            problems.note(f"missing required field: {' or '.join(names)}", pointer)

    return check


def exactly_one_of(*names: str) -> Rule:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if sum(value.get(name) is not None for name in names) != 1:
            problems.note(f"must have exactly one of: {', '.join(names)}", pointer)

    return check
