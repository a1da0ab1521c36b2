"""Standard Markdown as HTML: for the `markdown` block and file previews."""

import re
from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

from slack_sandbox import emoji
from slack_sandbox.page.references import link

_INLINE = re.compile(
    r"(?P<fence>`+)(?P<code>.+?)(?P=fence)"
    r"|\\(?P<literal>[\\`*_{}\[\]()#+.!|<>~&-])"
    r"|\[(?P<label>(?:\\.|[^\[\]\\])*)\]\((?P<address>[^()\s]+)\)"
    r"|<(?P<bare>https?://[^<>\s]+)>|(?P<web>\bhttps?://[^\s<>|]*[^\s<>|.,;:!?)'\"*_~])"
    r"|\*\*(?=\S)(?P<bold>(?:[^*]|\*(?!\*))+)\*\*|~~(?P<strike>[^~]+)~~"
    r"|(?<!\w)_(?=\S)(?P<low>[^_]+)_(?!\w)|\*(?=\S)(?P<star>[^*]+)\*"
    r"|&(?P<entity>amp|lt|gt|quot|#39);"
)
_TAGS = {"bold": "strong", "strike": "s", "low": "em", "star": "em"}
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "#39": "'"}

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_ITEM = re.compile(r"(\s*)([-*+]|\d{1,4}[.)])\s+(.*)")
_RULE = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_CELL_END = re.compile(r"(?<!\\)\|")
_ADDRESS = re.compile(r"^\[([^\[\]]+)\]: (\S+)\n?", re.MULTILINE)
_NAMED = re.compile(r"(\[(?:\\.|[^\[\]\\])*\])\[([^\[\]]+)\]")
_TASK = re.compile(r"\[([ xX])\] (.*)")


def to_html(text: str) -> Markup:
    """Render a whole document."""
    return Markup("\n").join(_blocks(text.replace("\r\n", "\n").split("\n")))


def with_addresses(text: str) -> str:
    """The document with its reference links (`[label][1]`, `[1]: https://…`) turned into inline ones."""
    given = dict(_ADDRESS.findall(text))
    named = _ADDRESS.sub("", text)
    return _NAMED.sub(lambda found: f"{found[1]}({given[found[2]]})" if found[2] in given else found[0], named)


def inline(text: str) -> Markup:
    """Render one line or paragraph."""
    drawn, end = [], 0
    for found in _INLINE.finditer(text):
        drawn += [_words(text[end : found.start()]), _atom(found)]
        end = found.end()
    return Markup("").join([*drawn, _words(text[end:])])


def _words(text: str) -> Markup:
    return escape(emoji.with_characters(text))


def _atom(found: re.Match[str]) -> Markup:
    kind = str(found.lastgroup)
    inside = found[kind]
    match kind:
        case "code":
            return Markup("<code>{}</code>").format(inside.strip())
        case "literal":
            return escape(inside)
        case "entity":
            return escape(_ENTITIES[inside])
        case "address":
            return link(inside, inline(found["label"]))
        case "bare" | "web":
            return link(inside, inside)
        case _:
            return Markup(f"<{_TAGS[kind]}>{{}}</{_TAGS[kind]}>").format(inline(inside))  # noqa: S704 - from _TAGS


def _blocks(lines: list[str]) -> Iterator[Markup]:
    """Render the blocks: each reader consumes its own lines from the front."""
    while lines:
        reader = next(reader for starts, reader in _READERS if starts(lines))
        drawn, lines = reader(lines)
        yield drawn


def _taken(lines: list[str], belongs: Callable[[str], object]) -> tuple[list[str], list[str]]:
    count = next((at for at, line in enumerate(lines) if not belongs(line)), len(lines))
    return lines[:count], lines[count:]


def _blank(lines: list[str]) -> tuple[Markup, list[str]]:
    return Markup(""), lines[1:]


def _fenced(lines: list[str]) -> tuple[Markup, list[str]]:
    code, rest = _taken(lines[1:], lambda line: not line.startswith("```"))
    return Markup("<pre>{}</pre>").format("\n".join(code)), rest[1:]


def _heading(lines: list[str]) -> tuple[Markup, list[str]]:
    heading = _HEADING.fullmatch(lines[0])
    if heading is None:
        return _paragraph(lines)
    level = len(heading[1])
    return Markup("<h{}>{}</h{}>").format(level, inline(heading[2]), level), lines[1:]


def _rule(lines: list[str]) -> tuple[Markup, list[str]]:
    return Markup("<hr>"), lines[1:]


def _quote(lines: list[str]) -> tuple[Markup, list[str]]:
    quoted, rest = _taken(lines, lambda line: line.startswith(">"))
    inner = Markup("\n").join(_blocks([line[1:].removeprefix(" ") for line in quoted]))
    return Markup("<blockquote>{}</blockquote>").format(inner), rest


def _table(lines: list[str]) -> tuple[Markup, list[str]]:
    rows, rest = _taken(lines, lambda line: "|" in line)
    head = Markup("").join(Markup("<th>{}</th>").format(cell) for cell in _cells(rows[0]))
    if not any(_cells(rows[0])):
        head = Markup("")
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in _cells(row)))
        for row in rows[2:]
    )
    table = '<div class="table" tabindex="0"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    return Markup(table).format(head, body), rest  # noqa: S704 - a constant


def _cells(row: str) -> list[Markup]:
    return [inline(cell.strip()) for cell in _CELL_END.split(row.strip().strip("|"))]


def _list(lines: list[str]) -> tuple[Markup, list[str]]:
    numbered = lines[0].strip()[0].isdigit()
    items, rest = _taken(lines, lambda line: line.startswith("  ") or _is_item(line, numbered))
    return _nested([found for line in items if (found := _ITEM.fullmatch(line))]), rest


def _is_item(line: str, numbered: bool) -> bool:
    found = _ITEM.fullmatch(line)
    return found is not None and found[2][0].isdigit() == numbered


def _nested(items: list[re.Match[str]]) -> Markup:
    """Render a list; items indented further than its first one belong to the item above them."""
    tag = "ol" if items[0][2][0].isdigit() else "ul"
    depth = len(items[0][1])
    drawn: list[Markup] = []
    while items:
        inner, rest = _deeper(items[1:], depth)
        below = _nested(inner) if inner else Markup("")
        drawn.append(Markup("<li>{}{}</li>").format(_item(items[0][3]), below))
        items = rest
    return Markup(f"<{tag}>{{}}</{tag}>").format(Markup("").join(drawn))  # noqa: S704 - ol or ul


def _deeper(items: list[re.Match[str]], depth: int) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    count = next((at for at, item in enumerate(items) if len(item[1]) <= depth), len(items))
    return items[:count], items[count:]


def _item(text: str) -> Markup:
    task = _TASK.fullmatch(text)
    if task is None:
        return inline(text)
    return Markup("{} {}").format("☐" if task[1] == " " else "☑", inline(task[2]))


def _paragraph(lines: list[str]) -> tuple[Markup, list[str]]:
    more, rest = _taken(lines[1:], lambda line: line.strip() and not _starts_a_block(line))
    return Markup("<p>{}</p>").format(inline("\n".join(line.strip() for line in [lines[0], *more]))), rest


def _starts_a_block(line: str) -> bool:
    return line.startswith((">", "```", "#")) or bool(_ITEM.fullmatch(line)) or bool(_RULE.fullmatch(line))


def _is_table(lines: list[str]) -> bool:
    return len(lines) > 1 and "|" in lines[0] and "-" in lines[1] and bool(_TABLE_RULE.fullmatch(lines[1]))


_Reader = Callable[[list[str]], tuple[Markup, list[str]]]
_READERS: list[tuple[Callable[[list[str]], bool], _Reader]] = [
    (lambda lines: not lines[0].strip(), _blank),
    (lambda lines: lines[0].startswith("```"), _fenced),
    (lambda lines: lines[0].startswith("#"), _heading),
    (lambda lines: bool(_RULE.fullmatch(lines[0])), _rule),
    (lambda lines: lines[0].startswith(">"), _quote),
    (_is_table, _table),
    (lambda lines: bool(_ITEM.fullmatch(lines[0])), _list),
    (lambda lines: True, _paragraph),
]
