"""The page's templates, and the filters that render Slack's objects in them."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from slack_sandbox import emoji
from slack_sandbox.page import elements, markdown, mrkdwn, references, richtext
from slack_sandbox.page.names import Reader, initials

Json = dict[str, Any]
_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, reader: Reader, **facts: Any) -> str:
    """Render a template for `reader`; `entered` holds the values entered so far, by block."""
    return _templates.get_template(template).render({"reader": reader, "entered": {}, **facts})


@pass_context
def text(context: Context, value: Json | str | None) -> Markup:
    """Render a text object, or a bare mrkdwn string."""
    if value is None:
        return Markup("")
    if isinstance(value, str):
        return mrkdwn.to_html(value, _reader(context))
    if value.get("type") == "mrkdwn":
        return mrkdwn.to_html(str(value.get("text", "")), _reader(context))
    return mrkdwn.plain_text(str(value.get("text", "")))


def bare(value: Json | str | None) -> str:
    """The plain text of a text object, for attributes and option labels."""
    inside = value.get("text", "") if isinstance(value, dict) else value or ""
    return emoji.with_characters(str(inside))


@pass_context
def rich_text(context: Context, block: Json) -> Markup:
    return richtext.to_html(block, _reader(context))


@pass_context
def option_groups(context: Context, element: Json) -> elements.Groups:
    return elements.option_groups(element, _reader(context))


@pass_context
def chosen(context: Context, element: Json, block: Json) -> list[str]:
    """The chosen values of an element: entered in a view, or last chosen in a message."""
    entered = context["entered"].get(block.get("block_id"), {}).get(element.get("action_id"))
    return elements.chosen(element, entered, _reader(context))


@pass_context
def leads_to(context: Context, address: str | None) -> Markup:
    """The attributes of a link to this address; empty if it leads nowhere."""
    return references.attributes(address or "", _reader(context))


def label_of(block: Json) -> str:
    return bare(block.get("label"))


def _reader(context: Context) -> Reader:
    reader: Reader = context["reader"]
    return reader


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "text": text,
        "bare": bare,
        "rich_text": rich_text,
        "markdown": markdown.to_html,
        "option_groups": option_groups,
        "chosen": chosen,
        "label_of": label_of,
        "leads_to": leads_to,
        "initials": initials,
        "emoji": emoji.character,
    }
    environment.globals |= {"input_types": elements.INPUT_TYPES, "line_types": elements.LINE_TYPES}
    return environment


_templates = _environment()
