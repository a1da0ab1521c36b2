"""The question asked before opening a possible duplicate. Pure: Block Kit from data."""

from collections.abc import Sequence

from bot.incidents import ids
from bot.incidents.tables import Incident
from bot.slack.blocks import Message, actions, button, section
from bot.slack.text import channel_link, one_line


def question(pending_id: int, duplicates: Sequence[Incident]) -> Message:
    """Ask whether to join, open another one or cancel. Nothing is opened until the person decides."""
    is_one = len(duplicates) == 1
    text = "This may be open already. Nothing was opened yet."
    lines = "\n".join(
        f"{channel_link(incident.channel_id or '')} {one_line(incident.title, 120)} "
        f"({incident.severity}, {incident.status})"
        for incident in duplicates
    )
    join_buttons = [
        button(
            "Join it" if is_one else f"Join #{incident.number}",
            f"{ids.JOIN_DUPLICATE}.{incident.number}",
            f"{pending_id}:{incident.number}",
        )
        for incident in duplicates
    ]
    other_buttons = [
        button("It is another one", ids.OPEN_ANOTHER, str(pending_id), style="primary"),
        button("Cancel", ids.CANCEL_DECLARATION, str(pending_id)),
    ]
    return text, [section(f"*{text}*\n{lines}"), actions([*join_buttons, *other_buttons])]
