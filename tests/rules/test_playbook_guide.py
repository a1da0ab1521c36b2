"""The guide to writing playbooks agrees with the bot."""

import re

import yaml

from bot.playbooks.checks import findings
from bot.playbooks.messages import FACTS
from bot.playbooks.playbook import Playbook, Step
from tests.rules.playbook_builders import ROOT

GUIDE = (ROOT / "docs" / "playbooks.md").read_text()
PIECES = [yaml.safe_load(piece) for piece in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]


def table(header: str) -> list[str]:
    """Return the first column of the table that starts with this header."""
    rows = GUIDE.split(f"| {header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [re.findall(r"`(.+?)`", row)[0].strip("{}") for row in rows]


def test_the_guide_lists_every_key_of_the_file_and_of_a_step():
    assert table("Key | Meaning") == list(Playbook.model_fields)
    assert table("Key | Meaning | If left out") == list(Step.model_fields)


def test_the_guide_lists_every_word_of_messages_with_its_meaning():
    assert table("Word | Replaced by") == list(FACTS)
    for word, meaning in FACTS.items():
        assert f"| `{{{word}}}` | {meaning} |" in GUIDE


def test_every_example_in_the_guide_is_valid_as_it_stands():
    whole = next(piece for piece in PIECES if "phases" in piece)
    step = {"id": "try-it", "title": "Try it"}
    parts = [piece for piece in PIECES if isinstance(piece, dict) and "phases" not in piece]

    assert findings(Playbook.model_validate(whole)) == []
    assert {key for part in parts for key in part} == {"applies", "when", "skip_when", "asks", "posts", "sets"}
    for part in parts:
        if "applies" in part:
            Playbook.model_validate(whole | part)
        else:
            Step.model_validate(step | part)
    Step.model_validate(PIECES[2][0])
