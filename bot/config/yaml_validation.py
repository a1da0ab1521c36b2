"""Compares the content of a YAML file with a model; names the keys that do not fit, with line and reason."""

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from bot.config.yaml_file import FileRefused, KeyPath, LineNumbers, Problem, dotted_path

EXPECTED_SHAPES = {
    "model_type": "should hold `key: value` lines",
    "dict_type": "should hold `key: value` lines",
    "tuple_type": "should be a list, each item on a line that starts with `-`",
    "list_type": "should be a list, each item on a line that starts with `-`",
    "string_type": "should be words",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_parsing": "should be a number",
    "string_too_short": "is empty",
}

Model = TypeVar("Model", bound=BaseModel)


class Misplaced(ValueError):
    """What is wrong with a value below the one that is checked; `path` leads there."""

    def __init__(self, path: KeyPath, reason: str) -> None:
        self.path = path
        super().__init__(reason)


def validate(path: Path, lines: LineNumbers, content: Any, model: type[Model]) -> Model:
    """Return the content from `parse` as a `model`. Raises `FileRefused` with every key that does not fit."""
    try:
        return model.model_validate(content)
    except ValidationError as validation_error:
        errors = [error for error in validation_error.errors() if not _counts_refused_items(error)]
        raise FileRefused([_problem(path, lines, error, model) for error in errors]) from None


def _counts_refused_items(error: Any) -> bool:
    """Whether a list counts as too short only because each of its items was refused, and is named on its own."""
    return bool(error["type"] == "too_short" and error["input"])


def _problem(path: Path, lines: LineNumbers, error: Any, model: type[BaseModel]) -> Problem:
    cause = error.get("ctx", {}).get("error")
    place = (*error["loc"], *(cause.path if isinstance(cause, Misplaced) else ()))
    return Problem(path.name, lines.of(place), dotted_path(place), _explain(error, model))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` Did you mean …?` with the nearest known word, or nothing."""
    nearest = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean `{nearest[0]}`?" if nearest else ""


def _explain(error: Any, model: type[BaseModel]) -> str:
    kind, value = error["type"], error.get("input")
    if kind == "extra_forbidden":
        *parents, name = error["loc"]
        suggestion = did_you_mean(str(name), _keys_at(model, parents)) or " Check the spelling or remove it."
        return f"is not a known key.{suggestion}"
    if kind == "missing":
        return "is missing"
    if kind == "string_type" and isinstance(value, bool):
        return "is true or false to YAML; put the word in quotes"
    if kind == "string_type" and value is None:
        return "is empty; text that begins with `#` stands in quotes, or it is a comment"
    if kind == "string_type" and isinstance(value, int | float | date):
        return f"YAML reads this as a {'date' if isinstance(value, date) else 'number'}; put it in quotes"
    if kind in EXPECTED_SHAPES:
        return EXPECTED_SHAPES[kind]
    if kind == "string_too_long":
        return f"is {len(value)} characters long; at most {error['ctx']['max_length']} fit"
    if kind == "too_short":
        return "is empty; write at least one"
    if kind == "too_long":
        return f"has {error['ctx']['actual_length']} entries; at most {error['ctx']['max_length']} are possible"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    value_note = f" (given: {value!r})" if isinstance(value, str | int | float | bool) else ""
    return f"{error['msg'][0].lower()}{error['msg'][1:]}{value_note}"


def _keys_at(model: type[BaseModel], path: Sequence[str | int]) -> set[str]:
    """Return the keys allowed at `path`; lists and mappings are replaced by what they contain."""
    models = {model}
    for key in path:
        fields = [owner.model_fields[str(key)] for owner in models if str(key) in owner.model_fields]
        models = {model for field in fields for model in _models_in(field.annotation)} if fields else models
    return {name for owner in models for name in owner.model_fields}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]
