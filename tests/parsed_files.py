"""Parsed YAML, shared by all bots of a process: each test's bot would parse the same floor and playbooks anew."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.config import yaml_file

_parse = yaml_file.parse
# A file that was written again has another size, time or number.
Stamp = tuple[int, int, int]


@lru_cache(maxsize=256)
def _parsed(path: Path, place: Path, stamp: Stamp) -> tuple[yaml_file.LineNumbers, Any]:
    return _parse(path)


def _parse_once(path: Path) -> tuple[yaml_file.LineNumbers, Any]:
    try:
        status = path.stat()
    except OSError:
        return _parse(path)
    return _parsed(path, path.absolute(), (status.st_size, status.st_mtime_ns, status.st_ino))


yaml_file.parse = _parse_once
