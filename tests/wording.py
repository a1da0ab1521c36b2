"""List the bot's texts for a review: `python -m tests.wording [WORD …]` prints those that hold these words.

Sentences of errors are the docstrings of their classes; those of views, listeners and actions are literals; the
rest stands in templates and language files. Log lines and SQL are left out.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

BOT, TEMPLATES = Path("bot"), Path("message_templates")
NOT_SAID = {"runtime", "migrations"}
# A text for people has a space between words, and is no path, pattern or statement.
SENTENCE = re.compile(r"[^\W\d_]{2,}\S*\s+\S*(?:[^\W\d_]{2,}|\{)")
CODE = re.compile(r"SELECT |^[a-z_.]+:|\\[wdsb]|^\(\?|IS NOT NULL|^https?://\S+$")
LOGGING = {"debug", "info", "warning", "error", "exception"}

Said = tuple[Path, int, str]


def sentences() -> Iterator[Said]:
    """Yield place, line and text of every sentence, file by file."""
    for path in sorted(BOT.rglob("*.py")):
        if not NOT_SAID & set(path.parts):
            yield from _in_module(path)
    for path in sorted(TEMPLATES.rglob("*")):
        if path.suffix in (".j2", ".yaml"):
            yield from _in_template(path)


def _in_module(path: Path) -> Iterator[Said]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef) and (sentence := _error_sentence(node)):
            yield path, node.lineno, sentence
    yield from literals(path)


def literals(path: Path) -> Iterator[Said]:
    """Yield the texts of a module that are literals in its code."""
    tree = ast.parse(path.read_text())
    left_out = {id(node) for node in _not_said(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in left_out:
            text = _text(node)
            if SENTENCE.search(text) and not CODE.search(text):
                yield path, node.lineno, text


def _error_sentence(node: ast.ClassDef) -> str:
    """Return the sentence of an error class; every other class only describes itself."""
    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
    is_error = any(base.endswith(("Error", "Exception", "Refused")) or base == "TryLater" for base in bases)
    return " ".join((ast.get_docstring(node) or "").split()) if is_error else ""


def _not_said(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield docstrings, texts for the log, and the pieces of longer texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            statement = node.body[0]
            assert isinstance(statement, ast.Expr)
            yield statement.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOGGING:
            yield from (part for argument in node.args for part in ast.walk(argument))
        if isinstance(node, ast.JoinedStr):
            yield from node.values


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value) if isinstance(node.value, str) else ""
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in node.values)


def _in_template(path: Path) -> Iterator[Said]:
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        text = line.strip()
        if SENTENCE.search(re.sub(r"\{%.*?%\}", "", text)) and not text.startswith(("#", "{#", "{% ")):
            yield path, number, text


def main() -> None:
    """Print the texts that hold every word of the command line."""
    wanted = [word.casefold() for word in sys.argv[1:]]
    for path, line, text in sentences():
        if all(word in text.casefold() for word in wanted):
            sys.stdout.write(f"{path}:{line}: {text}\n")


if __name__ == "__main__":
    main()
