"""Everything Deskbot shows."""

from typing import Any

Json = dict[str, Any]

REPORT = """# Report

## What happened
The **first** line, a [link](https://example.com/), and `code`.

| Time | Event |
|---|---|
| 03:00 | Calls dropped |
| 03:12 | Trunk moved |

- one
- two
"""


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str, description: str = "") -> Json:
    body: Json = {"text": plain(text), "value": value}
    return body | {"description": plain(description)} if description else body


def button(text: str, action_id: str, value: str = "1", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": value, **more}


KINDS = [option("Network", "network"), option("Telephony", "telephony"), option("Payments", "payments")]
SURE = {
    "title": plain("Close the ticket?"),
    "text": mrkdwn("It goes away *for everyone*."),
    "confirm": plain("Close it"),
    "deny": plain("Keep it"),
    "style": "danger",
}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element | {"action_id": block_id},
        **more,
    }


def form(channel_id: str, title: str = "", hint: str = "") -> Json:
    text = {"type": "plain_text_input", "max_length": 80, "placeholder": plain("What is wrong?")}
    kind = {"type": "static_select", "placeholder": plain("Choose a kind"), "options": KINDS}
    sites = [option("Manila", "mnl", "Two floors"), option("Bogotá", "bog"), option("Durban", "dur")]
    return {
        "type": "modal",
        "callback_id": "ticket",
        "private_metadata": channel_id,
        "title": plain("New ticket"),
        "submit": plain("Create"),
        "close": plain("Cancel"),
        "blocks": [
            field("title", "Title", text | ({"initial_value": title} if title else {})),
            field("kind", "Kind", kind, dispatch_action=True, optional=True),
            *([{"type": "context", "block_id": "asked", "elements": [mrkdwn(hint)]}] if hint else []),
            field("sites", "Sites", {"type": "multi_static_select", "options": sites}, optional=True),
            field("owner", "Owner", {"type": "users_select", "placeholder": plain("Somebody")}, optional=True),
            field("due", "Due", {"type": "datetimepicker"}, optional=True),
            field(
                "notes",
                "Notes",
                {"type": "plain_text_input", "multiline": True},
                optional=True,
                hint=plain("What was tried already."),
            ),
            field(
                "private",
                "Visibility",
                {"type": "checkboxes", "options": [option("Private", "yes", "Only people who are invited see it")]},
                optional=True,
            ),
            {"type": "actions", "block_id": "further", "elements": [button("More …", "more")]},
        ],
    }


def details() -> Json:
    urgency = {"type": "radio_buttons", "options": [option("Now", "now"), option("Tomorrow", "later")]}
    return {
        "type": "modal",
        "callback_id": "details",
        "title": plain("Details"),
        "submit": plain("Done"),
        "blocks": [field("urgency", "Urgency", urgency, optional=True)],
    }


def ticket(title: str, by: str, claimed_by: str = "") -> list[Json]:
    owner = f"Claimed by <@{claimed_by}>" if claimed_by else "Nobody has claimed this"
    return [
        {"type": "header", "text": plain(f"🎫 {title}")},
        {
            "type": "section",
            "fields": [mrkdwn(f"*Opened by*\n<@{by}>"), mrkdwn(f"*Owner*\n{owner}")],
        },
        {
            "type": "actions",
            "elements": [
                button("Claim", "claim", style="primary"),
                button("Close", "close", style="danger", confirm=SURE),
            ],
        },
    ]


def closed() -> list[Json]:
    return [{"type": "section", "text": mrkdwn(":white_check_mark: The ticket is *closed*.")}]


def home() -> Json:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Your tickets")},
            {
                "type": "section",
                "text": mrkdwn("No tickets, no worries."),
                "accessory": button("Refresh", "refresh"),
            },
        ],
    }


def kit() -> list[Json]:
    """Return one of every block, and of every element that a message may hold."""
    return [
        {"type": "header", "text": plain(":rotating_light: One of everything")},
        {"type": "section", "text": mrkdwn(WORDS)},
        {"type": "section", "text": mrkdwn("A button beside words"), "accessory": button("Press", "press")},
        {"type": "section", "fields": [mrkdwn(f"*Field {n}*\nvalue {n}") for n in range(1, 5)]},
        {"type": "divider"},
        {"type": "actions", "elements": choosers()},
        {"type": "actions", "elements": ticks()},
        {
            "type": "image",
            "image_url": "https://example.com/x.png",
            "alt_text": "Calls waiting, by hour",
            "title": plain("Calls waiting"),
        },
        {
            "type": "context",
            "elements": [mrkdwn("From the *NOC*"), mrkdwn("<!date^1766372345^{date_short_pretty} at {time}|then>")],
        },
        {"type": "markdown", "text": "### Markdown\n1. first\n2. **second**\n\n| a | b |\n|---|---|\n| 1 | 2 |"},
        {"type": "rich_text", "elements": rich()},
        {
            "type": "table",
            "rows": [
                [{"type": "raw_text", "text": t} for t in row]
                for row in (("Site", "Calls"), ("Manila", "120"), ("Durban", "80"))
            ],
            "column_settings": [{"align": "left"}, {"align": "right"}],
        },
    ]


WORDS = (
    "*Bold*, _italic_, ~gone~ and `code`; <@U0ANA>, <#C0GENERAL>, <!subteam^S0ANALYSTS>, <!here>, "
    "<https://example.com/|a link> :tada:\n> A quote\n• one\n• two\n```calls = 120\nwaiting = 7```"
)


def choosers() -> list[Json]:
    return [
        button("Go", "go", style="primary"),
        button("Stop", "stop", style="danger", confirm=SURE),
        {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick one"), "options": KINDS},
        {"type": "users_select", "action_id": "who", "placeholder": plain("Assign to …")},
        {"type": "multi_static_select", "action_id": "several", "placeholder": plain("Several"), "options": KINDS},
        {"type": "conversations_select", "action_id": "where", "placeholder": plain("Where?")},
        {
            "type": "overflow",
            "action_id": "rest",
            "options": [option("Snooze", "snooze"), option("Hand over", "over")],
        },
    ]


def ticks() -> list[Json]:
    return [
        {
            "type": "checkboxes",
            "action_id": "ticks",
            "options": [option("Told the partner", "told"), option("Wrote it down", "wrote", "In the timeline")],
        },
        {"type": "radio_buttons", "action_id": "radio", "options": [option("Yes", "yes"), option("No", "no")]},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-22"},
        {"type": "timepicker", "action_id": "hour", "initial_time": "03:00"},
    ]


def rich() -> list[Json]:
    def text(words: str, **style: bool) -> Json:
        return {"type": "text", "text": words} | ({"style": style} if style else {})

    return [
        {
            "type": "rich_text_section",
            "elements": [
                text("Rich "),
                text("bold", bold=True),
                text(" and "),
                {"type": "user", "user_id": "U0BEN"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [text(w)]} for w in ("first", "second")],
        },
        {"type": "rich_text_quote", "elements": [text("quoted")]},
        {"type": "rich_text_preformatted", "elements": [text("x = 1")]},
    ]
