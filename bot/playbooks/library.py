"""The folder of playbooks: the usable files, and all problems in the others."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from msgspec import Struct

from bot.config import yaml_file, yaml_validation
from bot.config.floor import Floor
from bot.config.yaml_comments import cut_texts
from bot.config.yaml_file import FileRefused, Problem
from bot.playbooks.checks import Finding, findings, unknown_guides
from bot.playbooks.field_types import SLUG
from bot.playbooks.playbook import Playbook

log = logging.getLogger(__name__)

FileStamp = tuple[int, ...]


class LibraryFile(Struct, frozen=True):
    """One file as last read; a file that became invalid keeps its previous playbook."""

    stamp: FileStamp
    playbook: Playbook | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


class Library(Struct, frozen=True):
    """The contents of the folder when it was last checked."""

    folder: Path
    floor: Floor | None
    entries: Mapping[Path, LibraryFile]

    @property
    def playbooks(self) -> dict[str, Playbook]:
        """The usable playbooks, by name."""
        return {path.stem: entry.playbook for path, entry in self.entries.items() if entry.playbook}

    @property
    def problems(self) -> list[Problem]:
        """All problems, file by file."""
        if not self.folder.is_dir():
            return [Problem(self.folder.name, 1, "", "the folder is missing; make it, or set another one")]
        return [problem for entry in self.entries.values() for problem in entry.problems]

    @property
    def notes(self) -> list[Problem]:
        """What is worth a look in usable files, file by file."""
        return [note for entry in self.entries.values() for note in entry.notes]

    def reloaded(self) -> "Library":
        """This library, or a new one if a file was written, added or removed; only changed files are read again."""
        stamps = _stamps(self.folder)
        if stamps == {path: entry.stamp for path, entry in self.entries.items()}:
            return self
        entries = {path: self._reload_file(path, stamp) for path, stamp in stamps.items()}
        return Library(self.folder, self.floor, entries)

    def _reload_file(self, path: Path, stamp: FileStamp) -> LibraryFile:
        previous_entry = self.entries.get(path)
        if previous_entry and previous_entry.stamp == stamp:
            return previous_entry
        try:
            book = read_playbook(path, self.floor)
            return LibraryFile(stamp, book, notes=tuple(cut_texts(path)))
        except FileRefused as refused:
            problems = tuple(refused.problems)
        except Exception as broken:  # one bad file must never stop a declaration, whatever is wrong with it
            log.exception("a playbook cannot be read", extra={"file": path.name})
            problems = (Problem(path.name, 1, "", f"cannot be read: {type(broken).__name__}"),)
        return LibraryFile(stamp, previous_entry.playbook if previous_entry else None, problems)


def load_library(folder: Path, floor: Floor | None = None) -> Library:
    """Read every playbook in the folder; if `floor` is given, check types, sites and audiences against it."""
    return Library(folder, floor, {}).reloaded()


def check_path(path: Path, floor: Floor | None = None) -> tuple[int, list[Problem]]:
    """The number of usable playbooks in a file or folder, and all problems in the others."""
    if not path.exists():
        return 0, [Problem(str(path), 1, "", "there is no such file or folder")]
    if path.is_dir():
        library = load_library(path, floor)
        return len(library.playbooks), library.problems
    try:
        read_playbook(path, floor)
    except FileRefused as refused:
        return 0, list(refused.problems)
    return 1, []


def notes_on(path: Path, floor: Floor) -> list[Problem]:
    """What is worth a look in the usable playbooks of a file or folder, but no error: texts that YAML cuts, and
    guides that are found in no file."""
    notes: list[Problem] = []
    for file in _stamps(path) if path.is_dir() else [path] if path.exists() else ():
        try:
            book = read_playbook(file, floor)
        except FileRefused:
            continue
        lines, _ = yaml_file.parse(file)
        notes += [*cut_texts(file), *_as_problems(file, lines, unknown_guides(book, floor))]
    return notes


def read_playbook(path: Path, floor: Floor | None = None) -> Playbook:
    """Read one playbook. Raises `FileRefused` with all its problems."""
    if not re.fullmatch(SLUG, path.stem) or path.suffix != ".yaml":
        raise FileRefused(
            [Problem(path.name, 1, "", "name the file like `phones-down.yaml`: lower case, dashes, .yaml")]
        )
    lines, content = yaml_file.parse(path)
    try:
        book = yaml_validation.validate(path, lines, content, Playbook)
    except FileRefused as refused:
        remaining_problems = _remaining_problems(path, lines, content, refused, floor)
        raise FileRefused(_by_line([*refused.problems, *remaining_problems])) from None
    problems = _problems_of(path, lines, book, floor)
    if problems:
        raise FileRefused(_by_line(problems))
    return book


def _by_line(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.line)


def _remaining_problems(
    path: Path, lines: yaml_file.LineNumbers, content: Any, refused: FileRefused, floor: Floor | None
) -> list[Problem]:
    """Problems that remain after the refused keys are removed, so that a single check reports everything."""
    accepted_content = deepcopy(content)
    for problem in refused.problems:
        _remove_at(accepted_content, problem.key.split("."))
    try:
        return _problems_of(path, lines, yaml_validation.validate(path, lines, accepted_content, Playbook), floor)
    except FileRefused:
        return []


def _remove_at(content: Any, path: Sequence[str]) -> None:
    """Remove the deepest existing key along `path`; do nothing if a key on it is missing."""
    holder: tuple[dict[str, Any], str] | None = None
    for part in path:
        if isinstance(content, dict):
            if part not in content:
                return
            holder, content = (content, part), content[part]
        elif isinstance(content, list) and part.isdigit():
            content = content[int(part)]
    if holder:
        holder[0].pop(holder[1])


def _problems_of(path: Path, lines: yaml_file.LineNumbers, book: Playbook, floor: Floor | None) -> list[Problem]:
    return _as_problems(path, lines, findings(book, floor))


def _as_problems(path: Path, lines: yaml_file.LineNumbers, problems: Iterable[Finding]) -> list[Problem]:
    return [
        Problem(path.name, lines.of(key_path), yaml_file.dotted_path(key_path), reason)
        for key_path, reason in problems
    ]


def _stamps(folder: Path) -> dict[Path, FileStamp]:
    stamps = {}
    for path in sorted(folder.glob("*.y*ml")):
        # Hidden files are an editor's lock and temporary files.
        if not path.name.startswith("."):
            stamps[path] = _stamp(path)
    return stamps


def _stamp(path: Path) -> FileStamp:
    """A stamp that changes with the file's content or permissions; a dangling link has one too."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return (status.st_mtime_ns, status.st_size, status.st_ctime_ns)
