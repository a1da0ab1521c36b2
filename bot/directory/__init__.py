"""The workspace's people, user groups and channels."""

from bot.directory.tables import (
    another_handle,
    channel_id,
    colleague_names,
    display_names,
    gone,
    group_from_slack,
    group_id,
    group_members,
    ids_by_name,
    known_channels,
    people,
    person,
    replace_channel,
    save_channel,
    save_groups,
    save_people,
    user_id_by_handle,
)
