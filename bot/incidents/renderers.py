"""Renderers of the incident's own outbox rows: the card, the digest, the topic, the pin and the bookmarks."""

from collections import Counter

from bot import outbox
from bot.directory.lookup import channel_id, forget_channel
from bot.errors import TryLater
from bot.incidents import declaring, invitations, privacy, private_channel, renaming, views, wording
from bot.outbox import kinds, row_files
from bot.outbox.kinds import Call, Context, Kind, Settled
from bot.outbox.rules import Refusal
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.slack import refusals
from bot.slack.blocks import Message, section
from bot.slack.text import channel_link

CARD_SOON_S = 0.2


def update_privacy_report(settled: Settled, *outcome: object) -> None:
    """Update the report once the old channel, and every message before it, is dealt with."""
    outbox.mark_stale(settled.session, settled.row.incident_id or 0, (kinds.PRIVACY_REPORT,))


def privacy_report(context: Context) -> Message:
    """The report on what was deleted and what could not be."""
    number = context.incident.number
    deletion_rows = outbox.named(context.session, number, kinds.DELETION)
    archiving = outbox.named(context.session, number, kinds.ARCHIVING)
    refused_rows = [row for row in deletion_rows if row.refused]
    deleted_count = sum(row.is_settled for row in deletion_rows) - len(refused_rows)
    lines = [wording.MESSAGES_DELETED.format(deleted_count=deleted_count, total=len(deletion_rows))]
    lines += [
        wording.MESSAGES_NOT_DELETED.format(
            count=count, channel=channel_link(channel_id), reason=refusals.reason("chat.delete", error)
        )
        for (channel_id, error), count in Counter(_channel_and_error(row) for row in refused_rows).items()
    ]
    for row in archiving:
        old_channel = channel_link((row.payload or {})["channel_id"])
        state = "archived" if row.is_settled and not row.refused else "not archived"
        lines.append(wording.OLD_CHANNEL.format(channel=old_channel, state=state))
    lines.append(wording.READ_OR_COPIED)
    text = "\n".join(lines)
    return text, [section(text)]


def _channel_and_error(row: OutboxRow) -> tuple[str, str]:
    return str((row.payload or {})["channel_id"]), row.refused or ""


def _pin_again(settled: Settled) -> None:
    """Have the new card pinned, like the one that a person deleted."""
    outbox.show_again(settled.session, settled.row.incident_id or 0, kinds.PIN)


def _topic(context: Context) -> Call:
    topic, channel = views.topic(context.snapshot.facts, context.services.floor), context.incident.channel_id
    return Call(topic, lambda: context.services.slack.set_topic(channel, topic))


def _pin(context: Context) -> Call:
    services, number, channel = context.services, context.incident.number, context.incident.channel_id

    def perform() -> None:
        with services.database.reading() as session:
            card = outbox.find(session, number, kinds.CARD)
        if card is None or card.ts is None:
            until_then = (card.retry_at - utcnow()).total_seconds() if card else 0.0
            raise TryLater("the card is not there yet", wait_s=max(until_then, 0.0) + CARD_SOON_S)
        services.slack.pin(channel, card.ts)

    return Call("pinned", perform)


def _bookmark(context: Context) -> Call:
    slack, channel = context.services.slack, context.incident.channel_id
    title, url, emoji = context.row.subject.split("|", 2)
    return Call(
        context.row.subject,
        lambda: slack.bookmark(channel, title, url, emoji),
        exists=lambda: slack.has_bookmark(channel, url),
    )


KINDS = (
    Kind(
        kinds.CARD,
        "keep the card up to date",
        lambda context: views.card(context.snapshot.facts, context.services.floor),
        on_lost=_pin_again,
    ),
    Kind(
        kinds.DIGEST,
        "keep the message in the incidents channel up to date",
        lambda context: views.digest(context.snapshot.facts, context.services.floor),
        lambda context: channel_id(context.services, context.services.floor.incidents_channel),
        forget=forget_channel,
    ),
    Kind(kinds.TOPIC, "set the topic", _topic),
    Kind(
        kinds.CHANNEL_NAME,
        "rename the channel",
        renaming.call,
        refusals=dict.fromkeys(("not_authorized", "restricted_action", "name_taken"), Refusal.FINAL),
        on_given_up=renaming.note_not_renamed,
    ),
    Kind(kinds.PIN, "pin the card", _pin),
    Kind(kinds.BOOKMARK, "add a bookmark", _bookmark),
    Kind(kinds.INVITE, "", invitations.call, invitations.channel_of),
    kinds.job(kinds.PRIVATE_CHANNEL, private_channel.start_opening),
    Kind(kinds.DELETION, "", privacy.deletion_call, kinds.no_channel, otherwise=Refusal.FINAL),
    Kind(
        kinds.ARCHIVING,
        "",
        kinds.calling(privacy.archive),
        kinds.no_channel,
        otherwise=Refusal.FINAL,
        on_delivered=update_privacy_report,
        on_given_up=update_privacy_report,
    ),
    Kind(kinds.PRIVACY_REPORT, "say what was taken back", privacy_report),
    row_files.KIND,
    kinds.job(kinds.DECLARATION, declaring.start_decided),
)
