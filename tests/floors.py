"""Floors that differ from the shipped `floor.yaml` in one thing."""

from pathlib import Path

BOOKMARK = '  - {title: Bridge, url: "https://meet.example.com/incidents", emoji: ":telephone_receiver:"}'


def with_a_bookmark(folder: Path) -> Path:
    """The shipped floor, with a link for every incident's channel."""
    shipped = Path("floor.yaml").read_text()
    assert "bookmarks: []" in shipped
    # A test's people do more in a minute than anybody's hands.
    shipped = shipped.replace("_per_person: 300", "_per_person: 100000")
    file = folder / "floor.yaml"
    file.write_text(shipped.replace("bookmarks: []", f"bookmarks:\n{BOOKMARK}"))
    return file
