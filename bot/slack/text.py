"""Text for Slack: escaping, mentions, dates, lengths. Everything that people typed passes through `escape`."""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

ELLIPSIS = "…"
MENTIONS_SHOWN = 40
# A time of day alone is clear as long as nobody sleeps in between.
SAME_SHIFT = timedelta(hours=12)
# A mention, date, channel or link whose end was cut off.
_OPEN_TOKEN = re.compile(r"<(?:[!@#]|https?:|mailto:)[^<>]*$|<[^\s<>]{0,7}$")
_DATE = re.compile(r"date\^(\d{1,12})\^(.*)$")
_TYPED_TIME = re.compile(r"(?<![\d:])(?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d) UTC\b")
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)")
_REFERENCE = re.compile(r"<([@#!])?([^<>|]*)(?:\|([^<>]*))?>")


def escape(text: str) -> str:
    """Make `text` harmless as mrkdwn: mentions, channels and links in it stay plain text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters; an ellipsis marks the cut, which never splits an escape, a mention or a date."""
    if len(text) <= limit:
        return text
    shortened = _OPEN_TOKEN.sub("", text[: limit - len(ELLIPSIS)])
    ampersand = shortened.rfind("&")
    if ampersand >= 0 and ";" not in shortened[ampersand:]:
        shortened = shortened[:ampersand]
    return shortened.rstrip() + ELLIPSIS


def one_line(text: str, limit: int) -> str:
    """The text escaped and on one line, at most `limit` characters after escaping (Slack counts those)."""
    return shorten(escape(" ".join(text.split())), limit)


def to_plain_text(text: str, name_of: Callable[[str], str | None], zone: tzinfo | None = None) -> str:
    """The source of a message as people read it: names instead of ids, links written out, escapes undone.

    `name_of` returns a person's name, or None if it is unknown; times are written in `zone`, otherwise in UTC. The
    result is plain text: escape it before sending.
    """
    return html.unescape(_REFERENCE.sub(lambda match: _replace_reference(match, name_of, zone), text))


def _replace_reference(match: re.Match[str], name_of: Callable[[str], str | None], zone: tzinfo | None) -> str:
    sign, target, label = match[1], match[2], match[3] or ""
    if sign == "!" and zone and (date := _DATE.match(target)):
        moment = datetime.fromtimestamp(int(date[1]), zone)
        return moment.strftime("%H:%M" if date[2] == "{time}" else "%Y-%m-%d %H:%M")
    if sign == "@":
        return f"@{name_of(target) or label or target}"
    if sign == "#":
        return f"#{label or target}"
    if sign == "!":
        return label or f"@{target.split('^')[0]}"
    return _link_text(target, label)


def _link_text(target: str, label: str) -> str:
    # Slack makes a reference of every address, number and bare domain: there, the label is what was typed.
    if not label or label.rstrip("/") == _SCHEME.sub("", target).rstrip("/"):
        return label or target
    return f"{label} ({target})" if label != target else target


def mentioned_user_ids(text: str) -> set[str]:
    """The ids of everyone who is mentioned in the source of a message."""
    return {match[2] for match in _REFERENCE.finditer(text) if match[1] == "@"}


def mention(user_id: str) -> str:
    """A mention that notifies the person."""
    return f"<@{user_id}>"


def mentions(user_ids: Iterable[str]) -> str:
    """Several mentions, separated by commas; of very many, only the first, and how many more."""
    return listed([mention(user_id) for user_id in user_ids], MENTIONS_SHOWN)


def listed(parts: Sequence[str], most: int, separator: str = ", ") -> str:
    """The parts joined; if there are more than `most`, only the first, and how many more there are."""
    if len(parts) <= most:
        return separator.join(parts)
    shown_parts = parts[: most - 1]
    return separator.join([*shown_parts, f"and {len(parts) - len(shown_parts)} more"])


def joined(parts: Sequence[str], limit: int, separator: str = " · ") -> str:
    """The parts joined, at most `limit` characters: from the first that does not fit whole, they are left out."""
    text = shorten(parts[0], limit) if parts else ""
    for part in parts[1:]:
        if len(text) + len(separator) + len(part) > limit:
            break
        text = f"{text}{separator}{part}"
    return text


def channel_link(channel_id: str) -> str:
    """A link to a channel, shown by its name."""
    return f"<#{channel_id}>"


def link(url: str, label: str) -> str:
    """A link with a label; both are made harmless."""
    safe_url = url.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
    return f"<{safe_url}|{escape(label).replace('|', '¦')}>"


def clock_time(moment: datetime) -> str:
    """The time of day in each reader's own zone; readers without Slack's dates see UTC."""
    return _date(moment, "{time}", "%H:%M UTC")


def day_and_time(moment: datetime) -> str:
    """Day and time in each reader's own zone."""
    return _date(moment, "{date_short_pretty} {time}", "%Y-%m-%d %H:%M UTC")


def day(moment: datetime) -> str:
    """The day in each reader's own zone: "today", "tomorrow", else its date."""
    return _date(moment, "{date_short_pretty}", "%Y-%m-%d")


def near_time(moment: datetime, now: datetime) -> str:
    """The time of day, with its day if that is no longer the same shift.

    Slack shows minutes: two moments of the same minute are the same text, so that a list names it once.
    """
    minute = moment.replace(second=0, microsecond=0)
    return clock_time(minute) if abs(moment - now) < SAME_SHIFT else day_and_time(minute)


def ago(moment: datetime) -> str:
    """How long ago it was, kept current by each reader's Slack; elsewhere, the moment itself."""
    return _date(moment, "{ago}", "%Y-%m-%d %H:%M UTC")


def typed_time(moment: datetime, now: datetime) -> str:
    """A time as people type it, which `live_times` reads again: `14:05 UTC`, with its day when it is not near."""
    near = abs(moment - now) < timedelta(hours=12)
    return moment.astimezone(UTC).strftime("%H:%M UTC" if near else "%Y-%m-%d %H:%M UTC")


def live_times(text: str, now: datetime) -> str:
    """Show times typed in UTC in each reader's own zone; without a day, the one nearest to `now` is meant.

    `text` must already be escaped. Text that only looks like a time stays as it is.
    """
    return _TYPED_TIME.sub(lambda match: _live_time(match, now), text)


def _live_time(match: re.Match[str], now: datetime) -> str:
    day_typed, clock_typed = match[1], match[2]
    try:
        moment = datetime.fromisoformat(f"{day_typed or now.astimezone(UTC).date()}T{clock_typed}:00+00:00")
    except ValueError:
        return match[0]
    if day_typed:
        return day_and_time(moment)
    days_off = round((now - moment) / timedelta(days=1))
    return clock_time(moment + timedelta(days=days_off))


def _date(moment: datetime, pattern: str, fallback: str) -> str:
    utc = moment.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{pattern}|{utc.strftime(fallback)}>"


def format_duration(duration: timedelta) -> str:
    """A duration as people say it: `2 h 05 min`, `3 d 4 h`, `1 d`, `less than a minute`."""
    minutes = int(duration.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min"


def time_of_ts(ts: str) -> datetime:
    """The time that Slack gave a message."""
    return datetime.fromtimestamp(float(ts), UTC)
