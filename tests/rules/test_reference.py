"""The documentation of commands agrees with the bot."""

import re
from pathlib import Path

from bot.bootstrap import build_registry
from bot.commands.doctor import checklist
from bot.commands.reference import render
from bot.config import floor

DOCS = Path("docs")


def test_the_reference_of_commands_is_what_the_nouns_register() -> None:
    page = (DOCS / "commands.md").read_text()

    assert page == render(build_registry()), "run `watchfloor commands > docs/commands.md`"


def test_every_command_documents_its_syntax_and_effect() -> None:
    commands = build_registry().commands
    assert commands["find"] is commands["search"]
    for word, subcommand in commands.items():
        if word == "find":
            continue
        typed, _, does = " ".join((subcommand.__doc__ or "").split()).partition("`: ")
        assert typed.startswith(f"`/incident {word}".rstrip()), word
        assert does.endswith("."), word


def test_the_index_leads_to_every_page() -> None:
    index = (DOCS / "README.md").read_text()

    linked = set(re.findall(r"\]\((\w[\w-]*\.md)\)", index))
    assert {page.name for page in DOCS.glob("*.md")} - {"README.md"} <= linked


def test_every_trouble_is_in_the_index_and_shows_a_picture() -> None:
    page = (DOCS / "troubleshooting.md").read_text()
    troubles = re.split(r"^### ", page, flags=re.M)[1:]
    headings = [trouble.partition("\n")[0] for trouble in troubles]
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    assert set(re.findall(r"\]\(#([^)]+)\)", page)) == anchors
    shown = [re.findall(r"!\[.+\]\((images/.+\.png)\)", trouble) for trouble in troubles]
    without = [heading for heading, pictures in zip(headings, shown, strict=True) if not pictures]
    assert without == []
    pictures_in_page = {DOCS / picture for pictures in shown for picture in pictures}
    assert pictures_in_page == set((DOCS / "images" / "troubleshooting").glob("*.png"))


def test_the_checklist_names_every_channel_and_group_of_the_floor_with_its_use() -> None:
    shipped = floor.read(Path("floor.yaml"))

    printed = "\n".join(checklist.lines(shipped))

    assert "- [ ] #incidents: one message for each incident" in printed
    assert "- [ ] #partner-sagebrush: notices to Sagebrush, shared with them by Slack Connect" in printed
    assert "- [ ] @executives: called when nobody leads S0, S1; subscribers who read" in printed
    assert all(f"@{group}: " in printed for group in shipped.groups)
    assert "Telvia: no channel in floor.yaml, so the commander is asked to phone them" in printed
