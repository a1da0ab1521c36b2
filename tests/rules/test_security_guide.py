"""The table of threats in docs/security.md names tests that are there."""

import ast
import re
from pathlib import Path

GUIDE = Path("docs/security.md").read_text(encoding="utf-8")
THREATS = 22


def functions_of(name: str) -> set[str]:
    trees = [ast.parse(file.read_text()) for file in Path("tests").rglob(name)]
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_threat_has_a_promise_and_a_test_that_is_there() -> None:
    rows = [line.strip("| ").split(" | ") for line in GUIDE.splitlines() if line.startswith("| ")][1:]

    assert len(rows) == THREATS
    for threat, promise, tests in rows:
        assert promise, threat
        assert re.findall("`[^`]+`", tests), threat


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", GUIDE)

    assert named
    assert [(file, test) for file, test in named if test not in functions_of(file)] == []


def test_nothing_is_pickled() -> None:
    modules = [file for folder in ("bot", "slack_sandbox") for file in Path(folder).rglob("*.py")]

    assert [file for file in modules if re.search(r"\b(pickle|shelve|marshal|dill)\b", file.read_text())] == []
