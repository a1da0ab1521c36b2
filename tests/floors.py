"""Floors that differ from the shipped `floor.yaml` in one thing."""

import re
from pathlib import Path

AUDIENCES = ("operations", "executives")
BOOKMARK = '  - {title: Bridge, url: "https://meet.example.com/incidents", emoji: ":telephone_receiver:"}'


def with_a_bookmark(folder: Path) -> Path:
    """Write the shipped floor with a link for every incident's channel, and return its file."""
    shipped = Path("floor.yaml").read_text()
    assert "bookmarks: []" in shipped
    # A test's people do more in a minute than any human.
    shipped = shipped.replace("_per_person: 300", "_per_person: 100000")
    file = folder / "floor.yaml"
    file.write_text(shipped.replace("bookmarks: []", f"bookmarks:\n{BOOKMARK}"))
    return file


def with_two_audiences(folder: Path) -> Path:
    """Write the same with two audiences in three channels: each more costs every kill its posts and commits."""
    file = with_a_bookmark(folder)
    head, audiences, rest = re.split(
        r"^(audiences:\n(?:^ .*\n)+)", file.read_text(), maxsplit=1, flags=re.MULTILINE
    )
    kept_audiences = [
        match[0] for name in AUDIENCES if (match := re.search(rf"^  {name}:\n(?:^    .*\n)+", audiences, re.M))
    ]
    assert len(kept_audiences) == len(AUDIENCES)
    file.write_text(f"{head}audiences:\n{''.join(kept_audiences)}{rest}")
    return file
