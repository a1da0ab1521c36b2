"""How an update looks: its words as blocks, and the plain wording for when a template is broken. Pure."""

from typing import Any

from bot.slack.blocks import SECTION_TEXT, Block, divider, section

BETWEEN_LANGUAGES = "\n\n———\n\n"


def plain(facts: dict[str, Any]) -> str:
    """What matters, without a template; `facts` are those of the template, escaped already."""
    lines = [f"*{facts['severity']} {facts['status']}* – {facts['title']}"]
    lines += [facts[part] for part in ("impact", "news") if facts[part]]
    lines += [f"• {_plain_change(change)}" for change in facts["changes"]]
    if facts["missed"]:
        lines.append(f"{facts['missed']} missed before this one.")
    if facts["next_update"]:
        lines.append(f"Next update {facts['next_update']}.")
    return "\n".join(lines)


def _plain_change(change: dict[str, str]) -> str:
    said = ("who", "user", "role", "new", "step", "answers", "text", "reason")
    return " ".join(
        [change["at"], change["kind"].replace("_", " "), *(change[part] for part in said if change[part])]
    )


def blocks(words: str) -> list[Block]:
    """The words as paragraphs that Slack takes; a line between two languages."""
    drawn: list[Block] = []
    for language in words.split(BETWEEN_LANGUAGES):
        drawn += [divider()] if drawn else []
        drawn += [section(paragraph) for paragraph in paragraphs(language)]
    return drawn


def paragraphs(words: str, longest: int = SECTION_TEXT) -> list[str]:
    """`words` in pieces of at most `longest` characters, broken at a line's end, else between words.

    No piece ends inside an escape (`&amp;`) or a date (`<!date^…>`), which Slack would show as they are written.
    """
    pieces: list[str] = []
    rest = words.strip()
    while len(rest) > longest:
        cut = _cut(rest, longest)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def _cut(words: str, longest: int) -> int:
    """Where to break: the last line's end in the second half, the last space, or just there."""
    for sign in ("\n", " "):
        at = words.rfind(sign, longest // 2, longest)
        if at > 0 and not _is_inside(words[:at]):
            return at
    at = longest
    while _is_inside(words[:at]):
        at = max(words.rfind("<", 0, at), words.rfind("&", 0, at))
    return at


def _is_inside(before: str) -> bool:
    opened, ampersand = before.rfind("<"), before.rfind("&")
    return opened > before.rfind(">") or (ampersand > before.rfind(";") and len(before) - ampersand < len("&amp;"))
