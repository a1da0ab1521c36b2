"""The recipes of CONTRIBUTING.md name existing files, and only as many files as they say know a noun."""

import ast
import re
from pathlib import Path

import pytest

from bot.bootstrap import NOUNS

GUIDE = Path("CONTRIBUTING.md").read_text(encoding="utf-8")
# Placeholders for one's own names.
PLACEHOLDER = re.compile(r"NOUN|YOUR|your|<")
FOLDERS = ("bot", "tests", "docs", "playbooks", "message_templates", "slack_sandbox", ".ci")
BOOTSTRAP = Path("bot/bootstrap/nouns.py")


def names_in(path: Path) -> set[str]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)} | {
        node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def test_every_file_and_folder_named_in_a_recipe_exists() -> None:
    quoted = re.findall(r"`([\w./-]+/[\w./-]*)(?:::\w+)?`", GUIDE) + re.findall(r"\]\(([\w./-]+)\)", GUIDE)
    paths = [path for path in quoted if path.split("/")[0] in FOLDERS and not PLACEHOLDER.search(path)]

    assert len(paths) > 60
    assert [path for path in paths if not Path(path).exists()] == []


def test_every_folder_of_the_bot_is_explained() -> None:
    folders = {path.parent.name for path in Path("bot").glob("*/__init__.py")}

    assert [name for name in sorted(folders) if f"`bot/{name}/`" not in GUIDE] == []


def test_every_name_on_a_trail_is_in_its_file() -> None:
    trail = re.findall(r"`([\w./]+\.py)::(\w+)`", GUIDE)

    assert len(trail) > 20
    assert [(path, name) for path, name in trail if name not in names_in(Path(path))] == []


@pytest.mark.parametrize("noun", ["subscriptions", "changes", "lockouts", "frontdoor"])
def test_one_existing_module_knows_a_noun(noun: str) -> None:
    assert f"bot.{noun}" in {each.__name__ for each in NOUNS}
    importing = re.compile(rf"^from bot\.{noun}\b|^from bot import .*\b{noun}\b|^    {noun},$", re.MULTILINE)
    own_folder = Path("bot", noun)
    # Modules that show or serve several nouns may know them all.
    shown_together = ("bot/screens/", "bot/web/", "bot/commands/")
    modules = [path for path in Path("bot").rglob("*.py") if not path.is_relative_to(own_folder)]
    importers = {path for path in modules if importing.search(path.read_text(encoding="utf-8"))}

    assert {path for path in importers if not str(path).startswith(shown_together)} == {BOOTSTRAP}
