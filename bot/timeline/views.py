"""`/incident timeline` on screen: a page of entries, buttons to turn pages, a menu to narrow it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.slack.blocks import Block, Message, actions, button, context, header, option, overflow, section, select
from bot.slack.text import clock_time, day_and_time, link, one_line
from bot.timeline import ids

LONGEST_LINE = 900
FILTER_TITLES = {
    "all": "Everything",
    "marked": "Marked as important",
    "decisions": "Decisions, ruled out, customer impact",
    "state": "Severity, status, situation, milestones",
    "messages": "Messages and notes",
    "steps": "Playbook steps",
    "updates": "Updates",
    "partners": "Partners",
    "people": "People and roles",
    "followups": "Follow-ups",
    "postmortem": "Post-mortem",
    "trouble": "Trouble: lost channel, gaps, refusals",
}
LABEL_EMOJI = {"decision": "⚖️", "ruled_out": "🚫", "customer_impact": "👥"}
MARKED_EMOJI = "📌"


class EntryLine(Struct, frozen=True):
    """One entry: its number, time, sentence (plain text) and link, and whether the reader may correct it."""

    number: int
    at: datetime
    sentence: str
    url: str = ""
    label: str | None = None
    is_marked: bool = False
    may_amend: bool = False


class Page(Struct, frozen=True):
    """A page of the timeline as a user sees it."""

    incident: int
    lines: Sequence[EntryLine]
    filter_name: str
    page: int
    pages: int
    total: int
    is_over_several_days: bool


def page_value(page: Page, page_number: int) -> str:
    """Return a button's value: incident, filter, page."""
    return f"{page.incident}:{page.filter_name}:{page_number}"


def timeline_page(page: Page) -> Message:
    """Return the page: the notification text and the blocks."""
    title = f"Timeline of incident {page.incident}"
    blocks = [header(title), *(_entry_section(line, page) for line in page.lines)]
    if not page.lines:
        blocks.append(section("Nothing of that kind is on record yet."))
    count = "1 entry" if page.total == 1 else f"{page.total} entries"
    blocks.append(context(f"{FILTER_TITLES[page.filter_name]} · {count} · page {page.page} of {page.pages}"))
    return title, [*blocks, actions(_paging_buttons(page), block_id="timeline.turn"), _more_buttons(page)]


def _entry_section(entry: EntryLine, page: Page) -> Block:
    time_text = day_and_time(entry.at) if page.is_over_several_days else clock_time(entry.at)
    emoji = LABEL_EMOJI.get(entry.label or "", MARKED_EMOJI if entry.is_marked else "")
    number = link(entry.url, f"[{entry.number}]") if entry.url else f"[{entry.number}]"
    text = f"*{time_text}* {emoji + ' ' if emoji else ''}{one_line(entry.sentence, LONGEST_LINE)} {number}"
    options = [option("Correct…", f"{page.incident}:{entry.number}")]
    return section(text, accessory=overflow(ids.AMEND, options) if entry.may_amend else None)


def _paging_buttons(page: Page) -> list[Block]:
    filter_menu = select(
        ids.FILTER,
        [option(title, f"{page.incident}:{name}:0") for name, title in FILTER_TITLES.items()],
        initial=f"{page.incident}:{page.filter_name}:0",
    )
    buttons = []
    if page.page > 1:
        buttons.append(button("◀ Earlier", f"{ids.PAGE}.earlier", page_value(page, page.page - 1)))
    if page.page < page.pages:
        buttons.append(button("Later ▶", f"{ids.PAGE}.later", page_value(page, page.page + 1)))
    return [*buttons, filter_menu]


def _more_buttons(page: Page) -> Block:
    number = str(page.incident)
    return actions(
        [
            button("Note…", ids.NOTE, number),
            button("Milestones…", ids.MILESTONES, number),
            button("Picture", ids.PICTURE, number),
        ],
        block_id="timeline.more",
    )
