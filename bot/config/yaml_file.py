"""Parsing of hand-written YAML: safe and limited in size, with errors that name file, line and reason."""

import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

LARGEST_BYTES = 64 * 1024
# The C parser crashes the process at some ten thousand levels; nobody nests a file by hand like that.
DEEPEST = 30
OPENING = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
# Characters that look like a space but are none to YAML; they come with text pasted from elsewhere.
ODD_SPACES = ("\u00a0", "\u2007", "\u202f", "\u3000")
ODD_SPACE = re.compile(r"^\s*?[\u00a0\u2007\u202f\u3000]|[:-][\u00a0\u2007\u202f\u3000]")
INTEGER = "tag:yaml.org,2002:int"
# The C loader reads the shipped playbooks in a fifth of the time, which is noticeable at each start.
SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TAB = "a tab cannot indent; use spaces"

KeyPath = tuple[str | int, ...]


class Problem(Struct, frozen=True):
    """One error in a file."""

    file: str
    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        key_note = f" ({self.key})" if self.key else ""
        return f"{self.file}:{self.line}{key_note}: {self.reason}"


class FileRefused(Exception):
    """A YAML file cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class LineNumbers:
    """The line of each key in a YAML document."""

    def __init__(self, numbers: dict[KeyPath, int]) -> None:
        self._numbers = numbers

    def of(self, path: Sequence[str | int]) -> int:
        """Return the line of `path`, or of its nearest ancestor that has one."""
        prefix = tuple(path)
        while prefix and prefix not in self._numbers:
            prefix = prefix[:-1]
        return self._numbers.get(prefix, 1)


def parse(path: Path) -> tuple[LineNumbers, Any]:
    """Return lines and plain content of a YAML file; refuses large and deep files, anchors and duplicate keys."""
    text = text_of(path)
    try:
        _refuse_anchors_and_depth(path, text)
        loader = SAFE_LOADER(text)
        root = loader.get_single_node()
        numbers: dict[KeyPath, int] = {(): 1}
        if root is None:
            return LineNumbers(numbers), None
        if isinstance(root, yaml.ScalarNode):
            _refuse_odd_spaces(path, text)
        if repeated := list(_record_lines(path, root, (), numbers)):
            raise FileRefused(repeated)
        return LineNumbers(numbers), _constructed(path, loader, root)
    except yaml.MarkedYAMLError as error:
        _refuse_odd_spaces(path, text)
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        character = _character_at(text, mark) if mark else ""
        reason = f"is not YAML: {_remedy(error.problem, character)}"
        raise FileRefused([Problem(path.name, line, "", reason)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, text.find(chr(error.character))) + 1
        reason = f"has a character that text cannot have (U+{error.character:04X}); remove it"
        raise FileRefused([Problem(path.name, line, "", reason)]) from None


def text_of(path: Path) -> str:
    """The text of a file. Raises `FileRefused` if it is too large, no file, or no text."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileRefused([Problem(path.name, 1, "", "is no file; move it somewhere else")])
        if status.st_size > LARGEST_BYTES:
            reason = f"is {status.st_size} bytes; at most {LARGEST_BYTES} are read"
            raise FileRefused([Problem(path.name, 1, "", reason)])
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileRefused([Problem(path.name, 1, "", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise FileRefused([Problem(path.name, line, "", "is not UTF-8 text; save it as UTF-8")]) from None


def _character_at(text: str, mark: yaml.Mark) -> str:
    lines = text.splitlines()
    return lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""


def _remedy(problem: str | None, character: str) -> str:
    if character == "\t":
        return TAB
    if problem and "cannot start any token" in problem:
        return f"text that begins with `{character}` stands in quotes"
    if problem and "mapping values are not allowed" in problem:
        return f'{problem}; words with a colon in them stand in quotes, like "Down: all calls"'
    return str(problem)


def _refuse_odd_spaces(path: Path, text: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if match := ODD_SPACE.search(line):
            raise FileRefused([_odd_space(path, number, match[0][-1])])


def _odd_space(path: Path, line: int, space: str) -> Problem:
    reason = f"has a no-break or wide space (U+{ord(space):04X}) where a plain one must be; type that space anew"
    return Problem(path.name, line, "", reason)


def _refuse_anchors_and_depth(path: Path, text: str) -> None:
    depth = 0
    for token in yaml.scan(text, Loader=SAFE_LOADER):
        line = token.start_mark.line + 1
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
            raise FileRefused([Problem(path.name, line, "", "uses an anchor or alias; write the text out instead")])
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if depth > DEEPEST:
            raise FileRefused([Problem(path.name, line, "", f"is nested more than {DEEPEST} levels deep")])


def _constructed(path: Path, loader: Any, root: yaml.Node) -> Any:
    try:
        return loader.construct_document(root)
    except ValueError:
        fresh_loader = SAFE_LOADER("")
        for node in _scalars(root):
            try:
                fresh_loader.construct_object(node)
            except ValueError:
                line, reason = (
                    node.start_mark.line + 1,
                    f"`{node.value[:40]}` is no date and no number; put it in quotes",
                )
                raise FileRefused([Problem(path.name, line, "", reason)]) from None
        raise


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for part in pair:
                yield from _scalars(part)


def _record_lines(path: Path, node: yaml.Node, at: KeyPath, numbers: dict[KeyPath, int]) -> Iterator[Problem]:
    numbers.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            line, key_path = key.start_mark.line + 1, (*at, str(key.value))
            if key.value[:1] in ODD_SPACES:
                raise FileRefused([_odd_space(path, line, key.value[0])])
            if key_path in numbers:
                reason = f"is given twice, first in line {numbers[key_path]}; keep one"
                yield Problem(path.name, line, dotted_path(key_path), reason)
                continue
            numbers[key_path] = line
            yield from _record_lines(path, value, key_path, numbers)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _record_lines(path, item, (*at, index), numbers)
    elif node.tag == INTEGER and ":" in node.value:
        reason = (
            f"`{node.value}` is a number to YAML; write a length of time like `90 min`, "
            f'and a time of day in quotes: `"{node.value}"`'
        )
        raise FileRefused([Problem(path.name, node.start_mark.line + 1, dotted_path(at), reason)])


def dotted_path(path: Sequence[str | int]) -> str:
    """Return a path in dotted notation: `phases.0.title`."""
    return ".".join(str(part) for part in path)
