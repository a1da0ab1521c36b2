"""Renderers of the incident's own outbox rows: the card, the digest, the topic, the pin and the bookmarks."""

from bot import outbox
from bot.directory.lookup import channel_id, forget_channel
from bot.errors import TryLater
from bot.incidents import (
    deletions,
    invitations,
    pending_answers,
    privacy,
    privacy_report,
    private_channel,
    renaming,
    views,
)
from bot.outbox import kinds, row_files
from bot.outbox.kinds import Call, Context, Kind, Settled
from bot.outbox.rules import Refusal
from bot.runtime.clock import utcnow

CARD_SOON_S = 0.2


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
    Kind(kinds.DELETION, "", deletions.call, kinds.no_channel, otherwise=Refusal.FINAL),
    Kind(
        kinds.ARCHIVING,
        "",
        kinds.calling(privacy.archive),
        kinds.no_channel,
        otherwise=Refusal.FINAL,
        on_delivered=privacy_report.update_report,
        on_given_up=privacy_report.update_report,
    ),
    Kind(kinds.PRIVACY_REPORT, "say what was taken back", privacy_report.report),
    row_files.KIND,
    kinds.job(kinds.DECLARATION, pending_answers.start_decided),
)
