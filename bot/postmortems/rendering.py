"""Renders a document as Markdown, as one self-contained HTML page, and as a page for leadership."""

import re
from collections.abc import Iterator
from typing import Any

from bot.postmortems.document import Day, Document, Heading, Part, Statement, statements_of
from bot.postmortems.rules import escape_markdown, plain_line
from bot.runtime.templates import Templates

FOLDER = "post_mortem"
DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
NON_BREAKING_HYPHEN = "\u2011"
MARKDOWN, HTML, LEADERSHIP = "markdown", "html", "leadership"
TEMPLATES = {
    MARKDOWN: f"{FOLDER}/document.md.j2",
    HTML: f"{FOLDER}/document.html.j2",
    LEADERSHIP: f"{FOLDER}/leadership.html.j2",
}
NAMES = {
    MARKDOWN: "post-mortem-{number}.md",
    HTML: "post-mortem-{number}.html",
    LEADERSHIP: "post-mortem-{number}-leadership.html",
}


def render(templates: Templates, document: Document, kind: str, *, is_inline: bool = False) -> str:
    """Return the document in one of its forms. Raises `TemplateBroken`.

    In Markdown the addresses come at the end, out of the reader's way; `is_inline` puts them into the text.
    """
    facts = facts_of(templates, document) | {"is_inline": is_inline}
    return templates.render(TEMPLATES[kind], facts, longest=None)


def facts_of(templates: Templates, document: Document) -> dict[str, Any]:
    """Return the templates' variables: the document, the phrases, and the escaping functions."""
    phrases = templates.phrases(FOLDER, document.language)
    return {"document": document, "words": phrases, "md": escape_markdown, "plain": page_line}


def page_line(text: str) -> str:
    """`text` on one line of a page; browsers would break a date at its hyphens."""
    return DATE.sub(lambda date: date[0].replace("-", NON_BREAKING_HYPHEN), plain_line(text))


def plain_markdown(document: Document) -> str:
    """Return the document as simple Markdown, for when its template is broken."""
    return "\n".join([f"# {escape_markdown(document.title)}", "", *_plain_lines(document)]) + "\n"


def _plain_lines(document: Document) -> Iterator[str]:
    yield from (_plain_statement(document, statement) for statement in document.summary)
    for section in document.sections:
        yield from ("", f"## {escape_markdown(section.title)}", "")
        for part in section.parts:
            yield from _plain_part(document, part)


def _plain_part(document: Document, part: Part) -> Iterator[str]:
    if isinstance(part, Heading):
        yield f"### {escape_markdown(part.text)}"
    elif isinstance(part, Day):
        yield f"### {part.title}"
        for moment in part.moments:
            link = document.links.get(moment.number, "")
            yield f"- {moment.at} {escape_markdown(moment.text)} [{moment.number}]({link})"
    else:
        yield from (_plain_statement(document, statement) for statement in statements_of(part))


def _plain_statement(document: Document, statement: Statement) -> str:
    refs = "".join(f" [{number}]({document.links.get(number, '')})" for number in statement.refs)
    return f"- {escape_markdown(statement.text)}{refs}"
