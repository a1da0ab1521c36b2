"""An update's text as blocks, and the plain text used if a template is broken. Pure."""

from typing import Any

from bot.slack.blocks import SECTION_TEXT, Block, context, divider, section

LANGUAGE_SEPARATOR = "\n\n———\n\n"


def plain_text(facts: dict[str, Any]) -> str:
    """The essentials without a template; `facts` are the template's, already escaped."""
    news = [facts["news"]] if facts["is_edited"] else _news_lines(facts)
    if facts["part"] == "body":
        return "\n".join(news)
    lines = [f"*{facts['severity']} {facts['status']}* – {facts['title']}", *news]
    if facts["missed"]:
        missed_before = facts["missed"] - 1
        lines.append(f"{missed_before} missed before this one." if missed_before else "This update is late.")
    if facts["next_update"]:
        lines.append(f"Next update {facts['next_update']}.")
    return "\n".join(lines)


def _news_lines(facts: dict[str, Any]) -> list[str]:
    lines = [facts[part] for part in ("impact", "news", "actions") if facts[part]]
    lines += [f"• {change['kind']} {change['new'] or change['user']}".rstrip() for change in facts["changes"]]
    lines += [f"• Done: {', '.join(finished['steps'])} ({finished['who']})" for finished in facts["done"]]
    return lines + [f"• {_label(message)}{message['who']}: {message['text']}" for message in facts["said"]]


def _label(message: dict[str, str]) -> str:
    return f"{message['label'].replace('_', ' ')}, " if message["label"] else ""


def blocks(text: str) -> list[Block]:
    """The text as sections short enough for Slack, with a divider between languages."""
    rendered: list[Block] = []
    for text_in_language in text.split(LANGUAGE_SEPARATOR):
        rendered += [divider()] if rendered else []
        rendered += [section(paragraph) for paragraph in paragraphs(text_in_language)]
    return rendered


def line(text: str) -> list[Block]:
    """A line added below an update, in each language."""
    return [context(piece) for piece in text.split(LANGUAGE_SEPARATOR) if piece.strip()]


def is_line(text: str) -> bool:
    """True if an update is a single "no change" line per language; every other update has several lines."""
    return all(len(piece.strip().splitlines()) == 1 for piece in text.split(LANGUAGE_SEPARATOR))


def paragraphs(text: str, limit: int = SECTION_TEXT) -> list[str]:
    """Split the text into pieces of at most `limit` characters, at line ends or else between words.

    No piece ends inside an escape (`&amp;`) or a date (`<!date^…>`), which Slack would show literally.
    """
    pieces: list[str] = []
    remaining_text = text.strip()
    while len(remaining_text) > limit:
        break_position = _break_position(remaining_text, limit)
        pieces.append(remaining_text[:break_position].rstrip())
        remaining_text = remaining_text[break_position:].lstrip()
    return [*pieces, remaining_text] if remaining_text else pieces


def _break_position(text: str, limit: int) -> int:
    """Where to break: at the last line end or else space in the second half, or else at the limit."""
    for separator in ("\n", " "):
        position = text.rfind(separator, limit // 2, limit)
        if position > 0 and not _is_inside_markup(text[:position]):
            return position
    position = limit
    while _is_inside_markup(text[:position]):
        position = max(text.rfind("<", 0, position), text.rfind("&", 0, position))
    return position or limit  # nothing but markup: break it rather than loop forever


def _is_inside_markup(text_before: str) -> bool:
    last_opened, last_ampersand = text_before.rfind("<"), text_before.rfind("&")
    return last_opened > text_before.rfind(">") or (
        last_ampersand > text_before.rfind(";") and len(text_before) - last_ampersand < len("&amp;")
    )
