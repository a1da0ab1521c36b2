"""What users see of a group of alerts. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.alerts import ids
from bot.alerts.rules import State
from bot.alerts.tables import Alert, AlertGroup
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, Message, actions, button, context, paragraphs, section
from bot.slack.pages import page_of
from bot.slack.text import channel_link, day_and_time, link, mention, one_line

ALERTS_SHOWN = 5
PER_PAGE = 30
COMMAND = "/incident alerts"
IGNORED_FOR_H = 2


def message(
    group: AlertGroup, alerts: Sequence[Alert], incident: Incident | None, ignored_until: datetime | None
) -> Message:
    """The single message about a group, in its current state."""
    firing_alerts = [alert for alert in alerts if alert.resolved_at is None]
    title = one_line(group.title, 250)
    mark = "🔔" if firing_alerts else "✅"
    text = f"{mark} {title}: {_count_text(firing_alerts, alerts)}"
    heading = f"{mark} *{title}*"
    if len(alerts) == 1 and alerts[0].title == group.title:
        # The only alert has said its title above.
        heading, lines = f"{mark} *{_title(alerts[0])}*", [_since(alerts[0])]
    else:
        lines = [_line(alert) for alert in (firing_alerts or alerts)[:ALERTS_SHOWN]]
    if len(alerts) > len(lines):
        hidden_count = len(firing_alerts or alerts) - len(lines)
        rest_text = f"and {hidden_count:,} more" if hidden_count > 0 else "and those that are resolved"
        lines.append(f"{rest_text}: `{COMMAND} {group.number}` lists all")
    blocks = [
        section("\n".join([heading, *lines])),
        context(_status_line(group, alerts, incident, ignored_until)),
    ]
    if group.state in (State.PROPOSED, State.IGNORED) and firing_alerts:
        blocks.append(_buttons(group))
    return text, blocks


def listing(group: AlertGroup, alerts: Sequence[Alert], page: int) -> Message:
    """All alerts of a group, page by page, firing ones first."""
    ordered_alerts = sorted(alerts, key=lambda alert: alert.resolved_at is not None)
    firing_alerts = [alert for alert in alerts if alert.resolved_at is None]
    text = f"*{one_line(group.title, 250)}*: {_count_text(firing_alerts, alerts)}"
    shown_alerts, page_note = page_of(ordered_alerts, page, PER_PAGE, f"{COMMAND} {group.number}")
    return text, [*paragraphs([text, *map(_line_of_listing, shown_alerts)], rest=""), *page_note]


def group_listing(groups: Sequence[tuple[AlertGroup, Sequence[Alert]]]) -> Message:
    """An incident's groups, a line each, with the command that lists the alerts of each."""
    lines = [
        f"• *{one_line(group.title, 250)}*: "
        f"{_count_text([alert for alert in alerts if alert.resolved_at is None], alerts)}"
        f" · `{COMMAND} {group.number}`"
        for group, alerts in groups
    ]
    return "Alerts of this incident", paragraphs(["*Alerts of this incident*", *lines], rest="")


def _line_of_listing(alert: Alert) -> str:
    resolved_text = f", resolved {day_and_time(alert.resolved_at)}" if alert.resolved_at else ""
    return f"{_line(alert)}{resolved_text}"


def _count_text(firing_alerts: Sequence[Alert], alerts: Sequence[Alert]) -> str:
    if not firing_alerts:
        return "resolved" if len(alerts) == 1 else f"all {len(alerts)} alerts are resolved"
    return "1 alert fires" if len(firing_alerts) == 1 else f"{len(firing_alerts)} alerts fire"


def _line(alert: Alert) -> str:
    return f"• {_title(alert)} · {_since(alert)}"


def _title(alert: Alert) -> str:
    return link(alert.link, alert.title[:200]) if alert.link else one_line(alert.title, 200)


def _since(alert: Alert) -> str:
    severity = f"{one_line(alert.severity, 40)} · " if alert.severity else ""
    return f"{severity}since {day_and_time(alert.fired_at)}"


def _status_line(
    group: AlertGroup, alerts: Sequence[Alert], incident: Incident | None, ignored_until: datetime | None
) -> str:
    firing_alerts = [alert for alert in alerts if alert.resolved_at is None]
    origin = f"From {one_line(group.source_name, 40)} · {_count_text(firing_alerts, alerts)}"
    if incident is not None and incident.is_private:
        return f"{origin} · Added to an incident."
    if incident is not None:
        channel_text = f" {channel_link(incident.channel_id)}" if incident.channel_id else ""
        return f"{origin} · Incident {incident.number}{channel_text} has them."
    if group.state == State.DECLARED:
        return f"{origin} · An incident is being opened."
    if group.state == State.IGNORED and ignored_until:
        return f"{origin} · Ignored by {mention(group.decided_by)} until {day_and_time(ignored_until)}"
    return origin


def _buttons(group: AlertGroup) -> Block:
    value = str(group.number)
    buttons = [
        button(f"Declare {group.severity or 'S2'}", ids.DECLARE, value, style="primary"),
        button("Belongs to an incident…", ids.BELONGS, value),
    ]
    if group.state == State.PROPOSED:
        buttons.append(button(f"Ignore for {IGNORED_FOR_H} h", ids.IGNORE, value))
    return actions(buttons)
