"""The message about a group of alerts in its channel, and incidents declared for a group automatically."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.alerts import tables, views
from bot.alerts.rules import State
from bot.alerts.sources import AlertSources
from bot.alerts.tables import AlertGroup
from bot.directory.lookup import channel_id, forget_channel
from bot.incidents import incidents, scope
from bot.incidents.declaring import start_declaration
from bot.incidents.workflows import DeclareRequest
from bot.outbox import kinds
from bot.outbox.kinds import POSTED, Call, Context, Kind
from bot.services import Services


def key_of(group: AlertGroup) -> str:
    """The outbox key of the message about a group."""
    return f"alerts:{group.number}"


def show(services: Services, session: Session, group: AlertGroup, now: datetime) -> None:
    """Post or edit the single message about a group; a group that is only noted has none."""
    key = key_of(group)
    message_row = outbox.by_key(session, key)
    if message_row is None and group.state != State.PROPOSED and not group.declared_key:
        return
    incident = incidents.by_number(session, group.incident_id) if group.incident_id else None
    alerts = tables.alerts_of(session, group.number)
    text, blocks = views.message(group, alerts, incident, group.due_at)
    if message_row is not None:
        outbox.edit(session, message_row, blocks, now)
        return
    outbox.enqueue(
        session,
        kinds.ALERTS,
        key,
        now,
        payload={"text": text, "blocks": blocks},
        subject=_channel_name(services, group),
        lane=key,
        priority=outbox.URGENT,
    )


def _channel_name(services: Services, group: AlertGroup) -> str:
    source = services.get(AlertSources).by_name.get(group.source_name)
    return (source.described.channel if source else "") or services.floor.incidents_channel


def declare_at_once(session: Session, group: AlertGroup, now: datetime) -> None:
    """Declare without asking, as the rule says; the start is an outbox row, so that the commit triggers it."""
    group.state, group.declared_key = State.DECLARED, f"alerts:{group.number}"
    key = f"alerts:{group.number}:declare"
    outbox.enqueue(session, kinds.ALERTS_DECLARATION, key, now, subject=str(group.number), priority=outbox.FIRST)


def request_of(
    services: Services, session: Session, group: AlertGroup, by: str, now: datetime, reply_to: str = ""
) -> DeclareRequest:
    """The declaration for a group: its sites are those that its title and its alerts' labels name."""
    source = services.get(AlertSources).by_name.get(group.source_name)
    rule = source.rules[group.rule_place].described if source and group.rule_place < len(source.rules) else None
    labels = [value for alert in tables.alerts_of(session, group.number) for value in alert.labels.values()]
    request = DeclareRequest(
        key=f"alerts:{group.number}",
        user_id=by,
        title=group.title,
        severity=group.severity or "S2",
        type=rule.type if rule else "",
        sites=list(scope.scope_in(services, ", ".join([group.title, *labels])).sites),
        at=now,
        reply_to=reply_to,
    )
    return scope.complete(services, request)


def _declaration(context: Context) -> Call:
    services, now = context.services, context.row.retry_at
    group = tables.group(context.session, int(context.row.subject))
    request = request_of(services, context.session, group, "", now)

    def perform() -> None:
        start_declaration(services, request.model_copy(update={"user_id": services.slack.user_id()}))

    return Call(context.row.key, perform)


def _channel(context: Context) -> str:
    return channel_id(context.services, context.row.subject)


KINDS = (
    Kind(kinds.ALERTS, "", POSTED.render, _channel, forget=forget_channel),
    Kind(kinds.ALERTS_DECLARATION, "", _declaration, kinds.no_channel),
)
