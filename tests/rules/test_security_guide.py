"""The tables of docs/security.md and docs/reliability.md name existing tests."""

import ast
import re
from pathlib import Path

GUIDE = Path("docs/security.md").read_text(encoding="utf-8")
RELIABILITY = Path("docs/reliability.md").read_text(encoding="utf-8")
THREATS = 22


def functions_of(name: str) -> set[str]:
    folders = (Path("tests"), Path("slack_sandbox/tests"))
    trees = [ast.parse(file.read_text()) for folder in folders for file in folder.rglob(name)]
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_threat_has_a_promise_and_an_existing_test() -> None:
    rows = [line.strip("| ").split(" | ") for line in GUIDE.splitlines() if line.startswith("| ")][1:]

    assert len(rows) == THREATS
    for threat, promise, tests in rows:
        assert promise, threat
        assert re.findall("`[^`]+`", tests), threat


def test_every_named_test_exists() -> None:
    references = re.findall(r"`(test_\w+\.py)::(test_\w+)`", GUIDE + RELIABILITY)

    assert references
    assert [(file, test) for file, test in references if test not in functions_of(file)] == []


def test_every_promise_for_a_bad_day_is_checked_by_a_test() -> None:
    rows = [line.strip("| ").split(" | ") for line in RELIABILITY.splitlines() if line.startswith("| ")]
    promises = [row for row in rows if row[0] != "When"]

    assert len(promises) > 40
    assert [row for row in promises if len(row) != 3 or not re.search(r"`test_\w+\.py::", row[2])] == []


def test_nothing_is_pickled() -> None:
    modules = [file for folder in ("bot", "slack_sandbox") for file in Path(folder).rglob("*.py")]

    assert [file for file in modules if re.search(r"\b(pickle|shelve|marshal|dill)\b", file.read_text())] == []
