"""Slack's mrkdwn as HTML: everything is escaped first, and only this module adds structure."""

import html
import re
from collections.abc import Iterable
from itertools import groupby

from markupsafe import Markup

from slack_sandbox import emoji
from slack_sandbox.page.names import Reader
from slack_sandbox.page.references import link, reference, unescaped

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_QUOTE = re.compile(r"(?:&gt;|>) ?")
_LISTED = re.compile(r"( *)(•|◦|-|\d{1,3}\.) (.*)")


def _span(name: str, mark: str) -> str:
    """A pattern for the text between two `mark`s: whole atoms (code, references) and other characters.

    It matches each without backtracking, so that the time is linear in the length of any text.
    """
    mark = re.escape(mark)
    inside = rf"(?:(?>`[^`\n]+`|<[^<>\n]+>|[^{mark}\n]))+"
    return rf"(?<![\w{mark}]){mark}(?=[^\s{mark}])(?P<{name}>{inside})(?<=\S){mark}(?![\w{mark}])"


_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<reference>[^<>\n]+)>"
    r"|(?P<address>\bhttps?://[^\s<>|]*[^\s<>|.,;:!?)'\"*_~])"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):"
    f"|{_span('bold', '*')}|{_span('italic', '_')}|{_span('strike', '~')}"
)
_TAGS = {
    "bold": Markup("<strong>{}</strong>"),
    "italic": Markup("<em>{}</em>"),
    "strike": Markup("<s>{}</s>"),
}


def to_html(text: str, reader: Reader) -> Markup:
    """Render the whole text: code blocks, quotes, list lines, and formatting inside lines."""
    pieces = _FENCE.split(text)
    drawn = (_code_block(piece) if at % 2 else _lines(piece, reader) for at, piece in enumerate(pieces))
    return Markup("").join(drawn)


def one_line(text: str, reader: Reader) -> Markup:
    """Render formatting, references and emoji, without line structure."""
    drawn, end = [], 0
    for found in _INLINE.finditer(text):
        drawn += [_escaped(text[end : found.start()]), _atom(found, reader)]
        end = found.end()
    return Markup("").join([*drawn, _escaped(text[end:])])


def plain_text(text: str) -> Markup:
    """Render a plain_text object: no structure, only emoji and line breaks."""
    return Markup(html.escape(emoji.with_characters(text)).replace("\n", "<br>"))  # noqa: S704 - escaped here


def _atom(found: re.Match[str], reader: Reader) -> Markup:
    kind, inside = str(found.lastgroup), found[str(found.lastgroup)]
    match kind:
        case "code":
            return Markup("<code>{}</code>").format(unescaped(inside))
        case "reference":
            return reference(inside, reader)
        case "address":
            return link(inside, unescaped(inside), reader)
        case "emoji":
            return Markup("{}").format(emoji.character(inside))
        case _:
            return _TAGS[kind].format(one_line(inside, reader))


def _code_block(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(unescaped(text))


def _lines(text: str, reader: Reader) -> Markup:
    if not text.strip("\n"):
        return Markup("")
    runs = groupby(text.strip("\n").split("\n"), key=lambda line: bool(_QUOTE.match(line)))
    return Markup("").join(_quote(run, reader) if quoted else _prose(run, reader) for quoted, run in runs)


def _quote(lines: Iterable[str], reader: Reader) -> Markup:
    bare = (_QUOTE.sub("", line, count=1) for line in lines)
    return Markup("<blockquote>{}</blockquote>").format(_prose(bare, reader))


def _prose(lines: Iterable[str], reader: Reader) -> Markup:
    """Lines separated by breaks; a list line is its own box and needs none."""
    drawn: list[Markup] = []
    after_text = False
    for line in lines:
        listed = _LISTED.fullmatch(line)
        if after_text and not listed:
            drawn.append(Markup("<br>"))
        drawn.append(_list_line(listed, reader) if listed else one_line(line, reader))
        after_text = listed is None
    return Markup("").join(drawn)


def _list_line(listed: re.Match[str], reader: Reader) -> Markup:
    indent, marker, rest = listed.groups()
    depth = min(len(indent) // 2, 4)
    return Markup('<span class="listed depth-{}"><span class="marker">{}</span><span>{}</span></span>').format(
        depth, marker, one_line(rest, reader)
    )


def _escaped(text: str) -> Markup:
    return Markup(html.escape(unescaped(text)))  # noqa: S704 - escaped here
