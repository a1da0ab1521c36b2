"""Subscribers' messages and lists. Pure: Block Kit from data."""

from collections.abc import Mapping, Sequence

from bot.config.floor import Floor
from bot.incidents import ids as incident_ids
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.pages import page_of
from bot.slack.text import channel_link, escape, one_line
from bot.subscriptions import ids, wording
from bot.subscriptions.rules import Scope
from bot.subscriptions.tables import Subscription

PER_PAGE = 40


def describe_scope(scope: Scope, floor: Floor) -> str:
    parts = [f"{scope.severity} and graver" if scope.severity not in ("", "S0") else scope.severity]
    parts += [floor.types.get(scope.type, scope.type), scope.site]
    return escape(" · ".join(part for part in parts if part)) or "every incident"


def update_blocks(update: Sequence[Block], number: int, languages: Sequence[str]) -> list[Block]:
    """An update as a subscriber gets it: the same text, with an Unsubscribe button."""
    subscribed, unsubscribe = wording.BELOW_COPY.get(languages[0], wording.BELOW_COPY["en"])
    unsubscribe_button = button(unsubscribe, incident_ids.UNSUBSCRIBE, str(number))
    return [
        *update,
        context(subscribed),
        actions([unsubscribe_button], block_id=f"subscriber-{number}"),
    ]


def confirmation(text: str, number: int, *, is_subscribed: bool) -> Message:
    """The answer to subscribing or unsubscribing, with a button to undo it."""
    button_label = (
        ("Unsubscribe", incident_ids.UNSUBSCRIBE) if is_subscribed else ("Subscribe", incident_ids.SUBSCRIBE)
    )
    return text, [section(text), actions([button(*button_label, str(number))], block_id=f"subscription-{number}")]


def subscription_screen(
    subscriptions: Sequence[Subscription], incidents: Mapping[int, Incident], floor: Floor, page: int = 1
) -> Message:
    """The user's subscriptions, page by page, each with a button to end it."""
    text = "What you get by direct message"
    blocks = [section(f"*{text}*")]
    shown_rows, which_page = page_of(subscriptions, page, PER_PAGE, "/incident subscriptions")
    for row in shown_rows:
        unsubscribe_button = button("Unsubscribe", ids.DROP, str(row.id))
        blocks.append(section(f"• {_subscription_line(row, incidents, floor)}", accessory=unsubscribe_button))
    return text, [*blocks, *which_page]


def _subscription_line(row: Subscription, incidents: Mapping[int, Incident], floor: Floor) -> str:
    incident = incidents.get(row.incident_id or 0)
    if incident is None:
        return f"Updates of {describe_scope(row.scope, floor)}"
    channel_text = channel_link(incident.channel_id) if incident.channel_id else f"#{incident.number}"
    return f"Updates of {channel_text} {one_line(incident.title, 120)}"
