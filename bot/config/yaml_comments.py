"""Texts of hand-written YAML that end early because YAML takes what follows for a comment."""

import re
from pathlib import Path

import yaml

from bot.config.yaml_file import SAFE_LOADER, Problem, text_of

COMMENTED_WORD = re.compile(r"[ \t]+#[^\s#]+")
CUT = (
    "YAML reads ` {comment}` as the beginning of a comment, so the text ends before it. Put the text in quotes, or "
    "a space after the `#` of a comment."
)


def cut_texts(path: Path) -> list[Problem]:
    """Texts of a readable file that end before ` #word`, for YAML a comment: no error, but worth a look."""
    text = text_of(path)
    if not COMMENTED_WORD.search(text):
        return []
    lines, notes = text.splitlines(), list[Problem]()
    for token in yaml.scan(text, Loader=SAFE_LOADER):
        if isinstance(token, yaml.ScalarToken) and token.plain:
            end = token.end_mark
            if comment := COMMENTED_WORD.match(lines[end.line][end.column :] if end.line < len(lines) else ""):
                reason = CUT.format(comment=comment[0].strip())
                notes.append(Problem(path.name, end.line + 1, "", reason))
    return notes
