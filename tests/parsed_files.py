"""Parsed YAML, shared by all bots of a process: each would read the same floor and playbooks, or copies of them."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.config import yaml_file, yaml_validation

_parse, _validate = yaml_file.parse, yaml_validation.validate
# A rewritten file has another size, time or number.
Stamp = tuple[int, int, int]
Parsed = tuple[yaml_file.LineNumbers, Any]
_by_text: dict[str, Parsed] = {}


@lru_cache(maxsize=256)
def _parsed(path: Path, place: Path, stamp: Stamp) -> Parsed:
    text = yaml_file.text_of(path)
    if text not in _by_text:
        parsed = _parse(path)
        if yaml_file.text_of(path) != text:
            return parsed
        _by_text[text] = parsed
    return _by_text[text]


def _parse_once(path: Path) -> Parsed:
    try:
        status = path.stat()
    except OSError:
        return _parse(path)
    return _parsed(path, path.absolute(), (status.st_size, status.st_mtime_ns, status.st_ino))


# The content in `_parsed` as a model, with the content itself, so that no other object can have its id.
_validated: dict[tuple[int, type[BaseModel]], tuple[Any, BaseModel]] = {}


def _validate_once(path: Path, lines: yaml_file.LineNumbers, content: Any, model: type[BaseModel]) -> BaseModel:
    key = (id(content), model)
    if key not in _validated:
        # A refused file is refused each time, by its own name.
        _validated[key] = (content, _validate(path, lines, content, model))
    return _validated[key][1]


yaml_file.parse = _parse_once
yaml_validation.validate = _validate_once  # type: ignore[assignment]  # the requested model is the one returned
