"""Requests that Slack may send, whole or with pieces missing or changed: for the fuzz of `make soak`."""

from collections.abc import Iterator
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Body = dict[str, Any]

PEOPLE = ("U0ANA", "U0BEN", "U0NOBODY", "U0GUS", "")
WORDS = (
    "S0",
    "s1",
    "commander",
    "@ana",
    "<@U0ANA|ana>",
    "<!channel>",
    "all",
    "20 min",
    "every",
    "add",
    "remove",
    "tell",
)
TEXT = st.text(max_size=200) | st.lists(st.sampled_from(WORDS) | st.text(max_size=20), max_size=8).map(" ".join)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
NOWHERE = "http://127.0.0.1:9/answer"
TS = "1700000000.000100"
MESSAGE: Body = {
    "type": "message",
    "ts": TS,
    "thread_ts": TS,
    "user": "U0BEN",
    "text": "IVR down since 9",
    "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}],
    "files": [{"id": "F1", "name": "queues.csv", "permalink": "https://example.com/F1", "mode": "hosted"}],
    "attachments": [{"text": "alert", "fallback": "alert"}],
}
PIN = {"type": "message", "channel": "C1", "created_by": "U0BEN", "message": MESSAGE}
HOME = {"view": {"id": "V1", "type": "home", "root_view_id": "V1"}}
ITEM = {"type": "message", "channel": "C1", "ts": TS}
EVENTS: tuple[Body, ...] = (
    MESSAGE | {"channel_type": "channel"},
    MESSAGE | {"channel_type": "im"},
    MESSAGE | {"subtype": "file_share"},
    {"type": "message", "subtype": "message_changed", "ts": TS, "message": MESSAGE, "previous_message": MESSAGE},
    {"type": "message", "subtype": "message_deleted", "ts": TS, "deleted_ts": TS, "previous_message": MESSAGE},
    {"type": "reaction_added", "reaction": "pushpin", "item": ITEM, "item_user": "U0BEN"},
    {"type": "reaction_removed", "reaction": "white_check_mark", "item": ITEM},
    {"type": "pin_added", "item": PIN},
    {"type": "pin_removed", "item": PIN},
    {"type": "member_joined_channel", "channel_type": "C", "inviter": "U0BEN"},
    {"type": "member_left_channel"},
    {"type": "channel_archive"},
    {"type": "channel_rename", "channel": {"id": "C1", "name": "other", "created": 1}},
    {"type": "channel_id_changed", "old_channel_id": "C1", "new_channel_id": "C2"},
    {"type": "user_change", "user": {"id": "U0BEN", "deleted": True, "profile": {"display_name": "ben"}}},
    {"type": "team_join", "user": {"id": "U0NEW", "name": "new", "profile": {}}},
    {"type": "subteam_updated", "subteam": {"id": "S1", "handle": "telecom", "users": ["U0BEN"]}},
    {"type": "app_home_opened", "tab": "home", "view": {"id": "V1", "type": "home"}},
)


def commands(channel: str, subcommands: list[str]) -> st.SearchStrategy[Body]:
    """Return a strategy for any text behind `/incident`."""
    return st.builds(
        lambda word, rest, person: {
            "command": "/incident",
            "text": f"{word} {rest}",
            "user_id": person,
            "channel_id": channel,
        },
        st.sampled_from(subcommands) | st.text(max_size=12),
        TEXT,
        st.sampled_from(PEOPLE),
    )


@st.composite
def interactions(draw: st.DrawFn, channel: str) -> Body:
    """Draw a click in a message, a form or the home tab; a submitted form; a shortcut."""
    names, fields = _names_of_the_bot()
    name, numbers = draw(st.sampled_from(names)), st.just("1") | TEXT
    chosen = _chosen(numbers)
    body: Body = {"user": {"id": draw(st.sampled_from(PEOPLE[:4]))}, "response_url": NOWHERE}
    view = {
        "id": "V1",
        "root_view_id": "V1",
        "type": "modal",
        "callback_id": name,
        "private_metadata": draw(numbers),
        "blocks": [{"type": "input", "block_id": "reason"}],
        "state": {"values": draw(st.dictionaries(st.sampled_from(fields), _block(chosen), max_size=5))},
    }
    action = {"action_id": name, "block_id": "b"} | draw(st.fixed_dictionaries({"value": numbers}) | chosen)
    shown = {"channel": {"id": channel}, "message": MESSAGE}
    kinds: dict[str, Body] = {
        "block_actions": {"actions": [action]} | draw(st.sampled_from((shown, {"view": view}, HOME))),
        "view_submission": {"view": view},
        "message_action": {"callback_id": name} | shown,
        "shortcut": {"callback_id": name},
    }
    kind = draw(st.sampled_from(sorted(kinds)))
    return body | {"type": kind} | kinds[kind]


def events(channel: str) -> st.SearchStrategy[Body]:
    """Return a strategy for events in the incident's channel, or about somebody in it."""
    place = {"channel": channel, "channel_id": channel, "user": "U0BEN", "event_ts": TS}
    happened = st.sampled_from(EVENTS).map(lambda event: {"type": "event_callback", "event": place | event})
    return happened | JSON_VALUES.map(lambda event: {"type": "event_callback", "event": event})


@st.composite
def changed(draw: st.DrawFn, whole: st.SearchStrategy[Body]) -> Body:
    """Draw the same with some of its pieces missing, or replaced by others."""
    body: Body = deepcopy(draw(whole))
    for _ in range(draw(st.integers(0, 2))):
        holder, key = draw(st.sampled_from(list(_places(body))))
        if draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = draw(JSON_VALUES)
    return body


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the place of each piece: its object or list, and its key."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _chosen(numbers: st.SearchStrategy[str]) -> st.SearchStrategy[Body]:
    options = st.fixed_dictionaries({"value": numbers})
    return st.fixed_dictionaries(
        {},
        optional={
            "value": TEXT,
            "selected_user": st.sampled_from(PEOPLE) | TEXT,
            "selected_users": st.lists(st.sampled_from(PEOPLE), max_size=2),
            "selected_option": options,
            "selected_options": st.lists(options, max_size=2),
            "selected_date_time": st.integers(0, 10**10),
        },
    )


def _block(chosen: st.SearchStrategy[Body]) -> st.SearchStrategy[Body]:
    return st.dictionaries(st.just("x"), chosen, min_size=1, max_size=1)


def _names_of_the_bot() -> tuple[list[str], list[str]]:
    """Return every name of a form or a button of the bot, and every name of a field."""
    modules = [".".join(file.with_suffix("").parts) for file in sorted(Path("bot").rglob("ids.py"))]
    written = [value for module in modules for name, value in vars(import_module(module)).items() if name.isupper()]
    names = {name for name in written if isinstance(name, str)}
    return sorted(name for name in names if "." in name), sorted(name for name in names if "." not in name)
