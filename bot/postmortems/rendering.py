"""A document as files: Markdown, one HTML page that needs nothing else, and a page for leadership."""

from collections.abc import Iterator
from typing import Any

from bot.postmortems.document import Day, Document, Heading, Part, Statement, stated
from bot.postmortems.rules import harmless, plain
from bot.runtime.templates import Templates

FOLDER = "post_mortem"
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
    """The document in one of its forms; `TemplateBroken` when its template cannot be used.

    In Markdown the addresses stand at the end, where they hinder nobody; `is_inline` puts them into the text.
    """
    facts = facts_of(templates, document) | {"is_inline": is_inline}
    return templates.render(TEMPLATES[kind], facts, longest=None)


def facts_of(templates: Templates, document: Document) -> dict[str, Any]:
    """What the templates are given: the document, the phrases, and how words are made harmless."""
    words = templates.phrases(FOLDER, document.language)
    return {"document": document, "words": words, "md": harmless, "plain": plain}


def bare(document: Document) -> str:
    """The document as simple Markdown, for when its template is broken."""
    return "\n".join([f"# {harmless(document.title)}", "", *_bare_lines(document)]) + "\n"


def _bare_lines(document: Document) -> Iterator[str]:
    yield from (_bare(document, statement) for statement in document.summary)
    for section in document.sections:
        yield from ("", f"## {harmless(section.title)}", "")
        for part in section.parts:
            yield from _bare_part(document, part)


def _bare_part(document: Document, part: Part) -> Iterator[str]:
    if isinstance(part, Heading):
        yield f"### {harmless(part.text)}"
    elif isinstance(part, Day):
        yield f"### {part.title}"
        for moment in part.moments:
            link = document.links.get(moment.number, "")
            yield f"- {moment.at} {harmless(moment.text)} [{moment.number}]({link})"
    else:
        yield from (_bare(document, statement) for statement in stated(part))


def _bare(document: Document, statement: Statement) -> str:
    refs = "".join(f" [{number}]({document.links.get(number, '')})" for number in statement.refs)
    return f"- {harmless(statement.text)}{refs}"
