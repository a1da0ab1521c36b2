"""The incident's channel: what is said in it, who is in it, and what was missed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """What Slack tells of channels, messages and people, and the tick that reads back what was missed."""
    # Loaded here, so that whoever needs the tables alone need not load the listeners.
    from bot.channels import membership, messages, recovery
    from bot.incidents.registry import TableWords, Tick

    registry.record(messages.keep_message, "message")
    registry.record(membership.keep_join, "member_joined_channel")
    registry.record(membership.keep_leave, "member_left_channel")
    registry.record(messages.keep_reaction, "reaction_added", "reaction_removed")
    registry.record(messages.keep_pin, "pin_added", "pin_removed")
    registry.record(membership.keep_loss, "channel_archive", "channel_deleted", "channel_left")
    registry.record(membership.keep_loss, "group_archive", "group_deleted", "group_left")
    registry.record(membership.keep_return, "channel_unarchive", "group_unarchive")
    registry.record(membership.keep_person, "user_change", "team_join")
    registry.record(membership.keep_group, "subteam_updated")
    registry.ticks.append(Tick("gaps", recovery.tick))
    registry.words += [TableWords("listening"), TableWords("timeline_gaps")]
