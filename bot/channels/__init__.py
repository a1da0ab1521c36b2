"""The incident's channel: its messages, its members, and messages that the bot missed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register Slack's events about channels, messages and people, and the ticks that read back what was missed."""
    from bot.channels import early, membership, messages, recovery
    from bot.incidents.registry import Tick

    registry.record(messages.record_message, "message")
    registry.record(membership.record_member_joined, "member_joined_channel")
    registry.record(membership.record_member_left, "member_left_channel")
    registry.record(messages.record_reaction, "reaction_added", "reaction_removed")
    registry.record(messages.record_pin, "pin_added", "pin_removed")
    registry.record(membership.record_channel_lost, "channel_archive", "channel_deleted", "channel_left")
    registry.record(membership.record_channel_lost, "group_archive", "group_deleted", "group_left")
    lost_event_types = (
        "channel_archive",
        "channel_deleted",
        "channel_left",
        "group_archive",
        "group_deleted",
        "group_left",
    )
    registry.record(membership.record_named_channel_lost, *lost_event_types)
    registry.record(membership.rejoin_channel, "channel_unarchive")
    registry.record(membership.record_channel_found, "group_unarchive")
    registry.record(membership.record_channel_renamed, "channel_rename", "group_rename")
    registry.record(membership.record_channel_id_changed, "channel_id_changed")
    registry.record(membership.record_person_changed, "user_change", "team_join")
    registry.record(membership.record_group_changed, "subteam_updated")
    registry.record(recovery.record_rate_limited, "app_rate_limited")
    registry.ticks.append(Tick("early messages", recovery.read_back_early, early.NEXT_DUE))
    registry.ticks.append(Tick("gaps", recovery.tick))
    registry.without_text("listening", "timeline_gaps", "heard_early")
