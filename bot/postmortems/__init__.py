"""Post-mortems: the draft, its review, its versions and its publication."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register listeners, the command, uploaded versions, reactions to closing and reopening, and reminders."""
    from bot.incidents import events, facts
    from bot.incidents.registry import PurgeRule, Section, Tick
    from bot.postmortems import listeners, reminders, renderers, request, tables, uploads, versions, wording

    registry.listeners.append(listeners.register)
    registry.command("postmortem", listeners.request_copy)
    registry.help(Section.AFTERWARDS, 2, wording.HELP)
    registry.record(uploads.record_upload, "message")
    registry.on(events.Closed, request.follow_close)
    registry.on(events.Reopened, request.stop_reminders)
    registry.on(events.SituationChanged, request.offer_to_rewrite)
    registry.on(events.MembersChanged, request.follow_members)
    registry.on(events.MadePrivate, request.withdraw_published)
    registry.answers(facts.FILES_IN_CHANNELS, versions.files_in_channels)
    registry.ticks.append(Tick("reminders of post-mortems", reminders.send_due_reminders, tables.NEXT_REMINDER))
    registry.departures.append(request.release_author)
    registry.kinds += renderers.KINDS
    registry.without_text("postmortems", "postmortem_files")
    registry.purge_rules += [
        PurgeRule("postmortem_copies", ("comment",)),
        PurgeRule("postmortem_versions", ("uploaded_name",)),
    ]
