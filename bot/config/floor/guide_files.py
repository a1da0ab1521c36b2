"""The troubleshooting guides in a folder: Markdown files, each titled by its first heading."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.config.floor.cases import Cases

LARGEST_FILE = 100_000
LONGEST_TITLE = 150


class GuideFile(NamedTuple):
    """A guide in a file."""

    path: Path
    title: str
    text: str


def guide_files(cases: Cases) -> Iterator[GuideFile]:
    """The guides in `guides_folder`, by path; files that are too large are left out."""
    folder = Path(cases.guides_folder) if cases.guides_folder else None
    for path in sorted(folder.glob("**/*.md")) if folder and folder.is_dir() else ():
        if path.stat().st_size <= LARGEST_FILE:
            text = path.read_text(encoding="utf-8", errors="replace")
            first_line = next((line for line in text.splitlines() if line.strip()), "")
            title = first_line.lstrip("# ").strip() if first_line.startswith("#") else path.stem.replace("-", " ")
            yield GuideFile(path, title[:LONGEST_TITLE], text)


def guide_titles(cases: Cases) -> list[str]:
    """The titles of every guide in the floor's file and folder."""
    return [*(guide.title for guide in cases.guides), *(file.title for file in guide_files(cases))]
