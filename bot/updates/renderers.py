"""Outbox renderers for updates: each update in each of its channels, and the drafts."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from bot import directory, outbox
from bot.config.floor import DIGEST, HERE
from bot.directory.lookup import channel_id, forget_channel
from bot.errors import TryLater
from bot.incidents import audiences as known_audiences
from bot.incidents import incidents, situation_tables
from bot.incidents.roles import readers_among
from bot.incidents.situation import FIELD_TITLES
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, joined
from bot.outbox.rules import COMMON, Refusal
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block, Message, section
from bot.slack.text import channel_link, escape
from bot.updates import deliveries, draft_views, drafts, scheduling, tables
from bot.updates.composition import compose
from bot.updates.deliveries import channel_of
from bot.updates.draft_views import Draft, IncidentHeading
from bot.updates.footers import amended_blocks, footer_now, with_line
from bot.updates.tables import WAITING, Promise
from bot.updates.views import is_line


def render_draft(context: Context) -> Message:
    session, services, incident, display = context.session, context.services, context.incident, context.row
    now = utcnow()
    draft = drafts.get(session, drafts.draft_of(display))
    promises = drafts.promises_of(session, draft.number)
    user_ids = {user_id for promise in promises for user_id in (promise.chosen_by, promise.approved_by) if user_id}
    names = directory.display_names(session, {*user_ids, *draft.user_ids})

    def name_of(user_id: str | None) -> str:
        return escape(names.get(user_id or "", "somebody"))

    reader_id = drafts.recipient_of(display, "")
    is_shown = not reader_id or bool(readers_among(session, incident, [reader_id]))
    missing_fields = situation_tables.current(session, incident.number).missing
    heading = IncidentHeading(
        incident.number,
        incident.title if is_shown else "(private)",
        channel_link(incident.channel_id or ""),
        tuple(FIELD_TITLES[field] for field in missing_fields),
    )
    open_promises = [promise for promise in promises if promise.state == WAITING]
    if open_promises and not drafts.is_for(display, draft):
        return draft_views.handed_over_message(
            heading, open_promises, [name_of(user_id) for user_id in draft.user_ids], now
        )
    drafts_shown = [_draft(session, services, incident, promise) for promise in promises]
    return draft_views.message(heading, drafts_shown, now, name_of)


def _draft(session: Session, services: Services, incident: Incident, promise: Promise) -> Draft:
    title = known_audiences.audience_title(services, promise.audience)
    if promise.audience not in services.floor.audiences or promise.state != WAITING:
        return Draft(title, "", promise)
    return Draft(
        title,
        known_audiences.describe_channels(services, incident, promise.audience),
        promise,
        preview_draft(session, services, incident, promise),
    )


def preview_draft(session: Session, services: Services, incident: Incident, promise: Promise) -> str:
    """The update as it would read if nothing happened until its due time."""
    composed_at = max(utcnow(), promise.due_at)
    next_update = scheduling.next_update(session, services, incident, promise, composed_at)
    promise_as_sent = promise.model_copy(update={"next_due_at": next_update[0] if next_update else None})
    return compose(session, services, incident, promise_as_sent, composed_at)


def _join_updates(messages: Sequence[Message]) -> Message:
    """Join messages one below the other: each line once, with the time of the next update at the end."""
    earlier_lines: set[str] = set()
    last_lines = [text.rstrip().rpartition("\n")[2] for text, _ in messages]
    shortened_messages = []
    for index, (text, blocks) in enumerate(messages):
        omitted_lines = earlier_lines - {last_lines[index]} | set(last_lines[index + 1 :])
        remaining_blocks = [block for block in (_without_lines(each, omitted_lines) for each in blocks) if block]
        shortened_messages.append((_remaining_text(text, omitted_lines), remaining_blocks))
        earlier_lines |= {line for line in text.split("\n") if line.strip()}
    return joined([message for message in shortened_messages if message[1]])


def _without_lines(block: Block, omitted_lines: Collection[str]) -> Block | None:
    """The block without these lines; None if nothing is left of it."""
    if block["type"] != "section":
        return block
    text = _remaining_text(block["text"]["text"], omitted_lines)
    return section(text) if text else None


def _remaining_text(text: str, omitted_lines: Collection[str]) -> str:
    return "\n".join(line for line in text.split("\n") if line not in omitted_lines).strip()


def _draft_reader(context: Context) -> str:
    reader = drafts.recipient_of(context.row, context.incident.channel_id or "")
    if not reader:
        raise TryLater("the incident has no channel yet")
    return reader


def _update(context: Context) -> Message:
    promise = tables.get(context.session, int(context.row.subject))
    audience = context.services.floor.audiences.get(promise.audience)
    languages = audience.languages if audience else ()
    lines = tables.lines_below(context.session, promise.row)
    footer = _footer(context, lines[0] if lines else promise)
    if lines:
        blocks = with_line(context.services, promise, lines[0], footer, languages)
        return (lines[0].text if is_line(promise.text) else promise.text), blocks
    return promise.text, amended_blocks(context.services, promise, promise.text, footer, languages)


def _footer(context: Context, promise: Promise) -> list[Block]:
    """The corrected time of the next update; empty once a later update, which states it itself, is composed."""
    last_update = tables.last_composed(context.session, promise.incident_id, promise.audience)
    if last_update is None or last_update.row != promise.row:
        return []
    incident = incidents.by_number(context.session, promise.incident_id)
    return footer_now(context.session, context.services, incident, promise)


def _channel(context: Context) -> str:
    name = channel_of(context.row)
    if name == HERE:
        return incidents.by_number(context.session, context.row.incident_id or 0).channel_id or ""
    if name == DIGEST:
        name = context.services.floor.incidents_channel
    return channel_id(context.services, name)


def _thread(context: Context) -> str | None:
    if channel_of(context.row) != DIGEST:
        return None
    digest = outbox.find(context.session, context.row.incident_id or 0, kinds.DIGEST)
    return digest.ts if digest else None


KINDS = (
    Kind(kinds.DRAFT, "show the draft of an update", render_draft, _draft_reader),
    Kind(
        kinds.UPDATE,
        "",
        _update,
        _channel,
        thread=_thread,
        refusals=dict.fromkeys(COMMON, Refusal.FINAL),
        otherwise=Refusal.FINAL,
        forget=forget_channel,
        on_delivered=deliveries.note_delivered,
        on_given_up=deliveries.note_refused,
        join=_join_updates,
    ),
)
