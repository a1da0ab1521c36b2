"""Sentences for people stand in templates, views and their noun's wording, not in actions and listeners."""

import re
from pathlib import Path

from tests.wording import BOT, literals

# Where an English phrase is the key of its Spanish translation, it stands where it is looked up.
WITH_PHRASES = {"cases"}
# Labels such as `Take command` and parts of names are shorter.
SENTENCE = re.compile(r"(?:[^\W\d_]{2,}|\{…\})(?:\W+(?:[^\W\d_]+|\{…\})){3}")


def test_actions_and_listeners_hold_no_sentence() -> None:
    acting = [path for path in BOT.rglob("*.py") if _acts(path)]
    assert acting

    sentences = [f"{path}:{line}: {text}" for each in acting for path, line, text in literals(each)]

    assert [one for one in sentences if SENTENCE.search(one.partition(": ")[2])] == []


def _acts(path: Path) -> bool:
    of_noun = path.relative_to(BOT).parts
    is_acting = path.stem == "listeners" or path.stem.endswith("actions")
    return is_acting and not {*WITH_PHRASES, "runtime"} & set(of_noun)
