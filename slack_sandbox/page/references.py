"""References in a Slack text, between < and >: people, channels, groups, dates and links."""

import re
from urllib.parse import urlsplit

from markupsafe import Markup

from slack_sandbox import emoji
from slack_sandbox.page import dates
from slack_sandbox.page.names import Reader

_SCHEMES = {"http", "https", "mailto", "tel", "slack"}
_DATE = re.compile(r"!date\^(\d{1,11})\^([^|^]+)(?:\^([^|]+))?\|(.*)", re.DOTALL)
_PERMALINK = re.compile(r"/archives/([CDG][A-Z0-9]+)(?:/p(\d{10})(\d{6}))?/?$")
_FILE = re.compile(r"/files/[UW][A-Z0-9]+/(F[A-Z0-9]+)/")
_BROADCASTS = {"!here": "@here", "!channel": "@channel", "!everyone": "@everyone"}


def reference(inside: str, reader: Reader) -> Markup:
    """`inside` is the text between the angle brackets, with Slack's escapes."""
    target, _, label = inside.partition("|")
    match target[:1]:
        case "@":
            return person(target[1:], reader)
        case "#":
            return channel(target[1:], reader)
        case "!":
            return _special(inside, target, label, reader)
        case _:
            shown = emoji.with_characters(unescaped(label or target))
            return link(target, shown, reader, otherwise=label or f"<{target}>")


def person(user_id: str, reader: Reader) -> Markup:
    me = " me" if user_id == reader.user_id else ""
    name = reader.people.get(user_id, user_id)
    return Markup('<span class="mention{}" data-user="{}">@{}</span>').format(me, user_id, name)


def channel(channel_id: str, reader: Reader) -> Markup:
    name = reader.channels.get(channel_id)
    if name is None:
        return Markup('<span class="mention hidden-channel">🔒 private channel</span>')
    href = f"/channel/{channel_id}?as={reader.name}"
    return Markup('<a class="mention" href="{}" data-go>#{}</a>').format(href, name)


def group(group_id: str, label: str, reader: Reader) -> Markup:
    name = reader.groups.get(group_id) or label.removeprefix("@") or group_id
    return Markup('<span class="mention">@{}</span>').format(name)


def link(address: str, label: object, reader: Reader | None = None, otherwise: str = "") -> Markup:
    """A link that people can follow; an address that a browser would run or cannot read stays text."""
    leads_to = attributes(unescaped(address), reader)
    if not leads_to:
        return Markup("{}").format(unescaped(otherwise) or label)
    return Markup("<a {}>{}</a>").format(leads_to, label)


def attributes(href: str, reader: Reader | None) -> Markup:
    """A link's attributes: a message of this workspace opens here, any other address in a new window."""
    href = safe_address(href)
    message = _PERMALINK.search(href)
    if message and reader:
        return Markup('href="{}" data-go').format(_place(message, reader))
    file = _FILE.search(href)
    if file and reader:
        return Markup('href="/file/{}?as={}" data-file="{}"').format(file[1], reader.name, file[1])
    return Markup('href="{}" target="_blank" rel="noreferrer noopener"').format(href) if href else Markup("")


def safe_address(href: str) -> str:
    """The address if it leads elsewhere; "" for one that a browser would run or cannot read."""
    try:
        return href if urlsplit(href).scheme.lower() in _SCHEMES else ""
    except ValueError:
        return ""


def unescaped(text: str) -> str:
    """The text with Slack's three escapes decoded."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _special(inside: str, target: str, label: str, reader: Reader) -> Markup:
    dated = _DATE.fullmatch(inside)
    if dated:
        return _date(dated, reader)
    if target.startswith("!subteam^"):
        return group(target.removeprefix("!subteam^"), label, reader)
    if target in _BROADCASTS:
        return Markup('<span class="mention me">{}</span>').format(_BROADCASTS[target])
    return Markup("{}").format(unescaped(label or f"<{target}>"))


def _date(dated: re.Match[str], reader: Reader) -> Markup:
    seconds, form, address, fallback = dated.groups()
    at = dates.moment(int(seconds), reader.zone)
    shown = dates.filled(unescaped(form), at, reader.now.astimezone(reader.zone))
    drawn = Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), unescaped(fallback), shown)
    return link(address, drawn, reader) if address else drawn


def _place(message: re.Match[str], reader: Reader) -> str:
    channel_id, seconds, micros = message.groups()
    place = f"/channel/{channel_id}?as={reader.name}"
    return f"{place}&at={seconds}.{micros}" if seconds else place
