"""`/incident timeline` as it is looked at: a page of entries, buttons to turn pages, a menu to narrow it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.slack.blocks import Block, actions, button, context, header, option, section, select
from bot.slack.text import clock_time, day_and_time, link, one_line
from bot.timeline import ids

LONGEST_LINE = 900
TITLES = {
    "all": "Everything",
    "marked": "Marked as important",
    "decisions": "Decisions, ruled out, customer impact",
    "state": "Severity, status, milestones",
    "messages": "Messages and notes",
    "steps": "Playbook steps",
    "updates": "Updates",
    "partners": "Partners",
    "people": "People and roles",
    "followups": "Follow-ups",
    "postmortem": "Post-mortem",
    "trouble": "Trouble: lost channel, gaps, refusals",
}
LABELS = {"decision": "⚖️", "ruled_out": "🚫", "customer_impact": "👥"}
MARKED = "📌"


@dataclass(frozen=True)
class Line:
    """One entry: its number, when, its sentence (plain words), where to read it, and whether the reader may
    correct it."""

    number: int
    at: datetime
    words: str
    url: str = ""
    label: str | None = None
    is_marked: bool = False
    may_amend: bool = False


@dataclass(frozen=True)
class Page:
    """A page of the timeline as somebody looks at it."""

    incident: int
    lines: Sequence[Line]
    narrowed: str
    page: int
    pages: int
    total: int
    spans_days: bool


def place(page: Page, wanted: int) -> str:
    """What a button remembers: incident, filter, page."""
    return f"{page.incident}:{page.narrowed}:{wanted}"


def timeline(page: Page) -> tuple[str, list[Block]]:
    """The page: words for a notification, and blocks."""
    title = f"Timeline of incident {page.incident}"
    blocks = [header(title), *(_line(line, page) for line in page.lines)]
    if not page.lines:
        blocks.append(section("Nothing of that kind is on record yet."))
    blocks.append(context(f"{TITLES[page.narrowed]} · {page.total} entries · page {page.page} of {page.pages}"))
    return title, [*blocks, actions(_turning(page), block_id="timeline.turn"), _more(page)]


def _line(line: Line, page: Page) -> Block:
    when = day_and_time(line.at) if page.spans_days else clock_time(line.at)
    sign = LABELS.get(line.label or "", MARKED if line.is_marked else "")
    number = link(line.url, f"[{line.number}]") if line.url else f"[{line.number}]"
    words = f"*{when}* {sign + ' ' if sign else ''}{one_line(line.words, LONGEST_LINE)} {number}"
    amend = button("Correct…", ids.AMEND, f"{page.incident}:{line.number}") if line.may_amend else None
    return section(words, accessory=amend)


def _turning(page: Page) -> list[Block]:
    narrow = select(
        ids.FILTER,
        [option(title, f"{page.incident}:{name}:0") for name, title in TITLES.items()],
        initial=f"{page.incident}:{page.narrowed}:0",
    )
    turns = []
    if page.page > 1:
        turns.append(button("◀ Earlier", f"{ids.PAGE}.earlier", place(page, page.page - 1)))
    if page.page < page.pages:
        turns.append(button("Later ▶", f"{ids.PAGE}.later", place(page, page.page + 1)))
    return [*turns, narrow]


def _more(page: Page) -> Block:
    number = str(page.incident)
    return actions(
        [
            button("Note…", ids.NOTE, number),
            button("Milestones…", ids.MILESTONES, number),
            button("Picture", ids.PICTURE, number),
        ],
        block_id="timeline.more",
    )
