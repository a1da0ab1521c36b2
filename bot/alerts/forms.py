"""Block Kit of the form that adds alerts to an incident. Pure."""

from collections.abc import Sequence

from bot.alerts import ids
from bot.alerts.tables import AlertGroup
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, field, modal, option, section, select
from bot.slack.text import one_line


def belongs_form(group: AlertGroup, open_incidents: Sequence[Incident]) -> Block:
    options = [option(f"{one.number} · {one.severity} · {one.title}", str(one.number)) for one in open_incidents]
    fields = [
        section(f"*{one_line(group.title, 250)}*"),
        field("Incident", select(ids.INCIDENT, options, placeholder="Choose an open incident")),
    ]
    return modal(ids.BELONGS_FORM, "Belongs to", fields, submit="Add to incident", subject=group.number)
