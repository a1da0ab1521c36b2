"""What Slack's documented errors mean, method by method: what the bot does about each, and what people read."""

from collections.abc import Mapping
from enum import StrEnum


class Meaning(StrEnum):
    """What an error means for the call that got it."""

    DONE = "it is so already"
    WAIT = "Slack asks to wait"
    UNKNOWN = "it may have been done"
    LATER = "it passes by itself"
    FORBIDDEN = "a setting or a right of the workspace is against it"
    UNAUTHORIZED = "the app's token is not valid"
    INSTALLATION = "the app was installed without a right it needs"
    LOST_CHANNEL = "the channel is gone, or the bot is not in it"
    LOST_MESSAGE = "the message is gone"
    GONE = "the person, file, form or page is not there"
    TAKEN = "there is one already"
    MALFORMED = "the bot's request was wrong"


# Any method can return these.
COMMON: Mapping[Meaning, str] = {
    Meaning.WAIT: "ratelimited rate_limited too_many_requests",
    Meaning.UNKNOWN: "fatal_error internal_error request_timeout service_unavailable",
    Meaning.LATER: "org_login_required team_added_to_org",
    Meaning.FORBIDDEN: "access_denied accesslimited ekm_access_denied enterprise_is_restricted no_permission "
    "restricted_action team_access_not_granted",
    Meaning.UNAUTHORIZED: "account_inactive invalid_auth not_authed token_expired token_revoked "
    "two_factor_setup_required",
    Meaning.INSTALLATION: "missing_scope not_allowed_token_type",
    Meaning.MALFORMED: "deprecated_endpoint invalid_arg_name invalid_arguments invalid_array_arg invalid_charset "
    "invalid_form_data invalid_post_type method_deprecated missing_argument missing_post_type",
}
_CHANNEL = "channel_is_limited_access channel_not_found is_archived not_in_channel"
_BAD_PAGE = "invalid_cursor invalid_limit invalid_types method_not_supported_for_channel_type"
_BAD_CONTENT = (
    "attachment_payload_limit_exceeded invalid_attachments invalid_blocks invalid_blocks_format "
    "invalid_metadata_format invalid_metadata_schema markdown_text_conflict metadata_must_be_sent_from_app "
    "metadata_too_large msg_blocks_too_long msg_too_long no_text team_not_found too_many_attachments "
    "too_many_contact_cards as_user_not_supported missing_file_data"
)
_NO_FILES = (
    "blocked_file_type file_share_limit_reached max_file_sharing_exceeded posting_to_channel_denied "
    "slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked "
    "slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked "
    "slack_connect_lists_sharing_blocked unable_to_share_files"
)
_BAD_VIEW = "duplicate_external_id view_too_large"
_BAD_TRIGGER = "exchanged_trigger_id expired_trigger_id invalid_trigger_id"
_NO_PERSON = "user_not_found user_not_visible"

BY_METHOD: Mapping[str, Mapping[Meaning, str]] = {
    "apps.connections.open": {
        Meaning.INSTALLATION: "forbidden_team missing_args no_permission socket_mode_not_enabled",
        Meaning.MALFORMED: "insecure_request",
    },
    "auth.test": {},
    "bookmarks.add": {
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.FORBIDDEN: "cannot_bookmark_from_external_org cannot_bookmark_restricted_sharing_enabled "
        "not_implemented parent_bookmark_disabled permission_denied too_many_bookmarks too_many_tabs " + _NO_FILES,
        Meaning.TAKEN: "file_already_added",
        Meaning.GONE: "file_not_found",
        Meaning.MALFORMED: "invalid_app_action_type invalid_bookmark_type invalid_child_type invalid_emoji "
        "invalid_entity_id invalid_link invalid_parent_type invalid_shortcut_type parent_with_link",
    },
    "bookmarks.list": {Meaning.LOST_CHANNEL: _CHANNEL, Meaning.FORBIDDEN: "not_implemented"},
    "canvases.delete": {Meaning.DONE: "canvas_not_found", Meaning.FORBIDDEN: "canvas_deleting_disabled"},
    "canvases.edit": {
        Meaning.UNKNOWN: "canvas_editing_failed",
        Meaning.FORBIDDEN: "canvas_disabled_user_team free_teams_cannot_edit_standalone_canvases",
        Meaning.GONE: "canvas_not_found",
    },
    "chat.delete": {
        Meaning.DONE: "message_not_found",
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.FORBIDDEN: "cant_delete_message compliance_exports_prevent_deletion",
    },
    "chat.postEphemeral": {
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.FORBIDDEN: "restricted_action_read_only_channel " + _NO_FILES,
        Meaning.GONE: "messages_tab_disabled user_not_in_channel",
        Meaning.MALFORMED: _BAD_CONTENT,
    },
    "chat.postMessage": {
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.FORBIDDEN: "message_limit_exceeded restricted_action_non_threadable_channel "
        "restricted_action_read_only_channel restricted_action_thread_locked "
        "restricted_action_thread_only_channel " + _NO_FILES,
        Meaning.GONE: "cannot_reply_to_message messages_tab_disabled thread_not_found",
        Meaning.MALFORMED: "draft_already_deleted draft_already_sent draft_has_conflict draft_not_found "
        "duplicate_channel_not_found duplicate_message_not_found " + _BAD_CONTENT,
    },
    "chat.update": {
        Meaning.UNKNOWN: "update_failed",
        Meaning.LATER: "external_channel_migrating streaming_state_conflict",
        Meaning.LOST_CHANNEL: f"is_inactive {_CHANNEL}",
        Meaning.LOST_MESSAGE: "cant_update_message message_not_found",
        Meaning.FORBIDDEN: f"edit_window_closed message_limit_exceeded {_NO_FILES}",
        Meaning.GONE: "file_deleted file_is_deleted file_not_found",
        Meaning.MALFORMED: "block_mismatch cant_broadcast_message no_dual_broadcast_content_update " + _BAD_CONTENT,
    },
    "conversations.archive": {
        Meaning.DONE: "already_archived",
        Meaning.LOST_CHANNEL: "channel_not_found not_in_channel",
        Meaning.FORBIDDEN: "cant_archive_general cant_archive_required",
        Meaning.MALFORMED: "method_not_supported_for_channel_type",
    },
    "conversations.canvases.create": {
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.UNKNOWN: "canvas_creation_failed canvas_tab_creation_failed channel_canvas_creation_failed",
        Meaning.FORBIDDEN: "canvas_disabled_user_team team_tier_cannot_create_channel_canvases",
        Meaning.TAKEN: "channel_canvas_already_exists free_team_canvas_tab_already_exists",
    },
    "conversations.create": {
        Meaning.TAKEN: "name_taken",
        Meaning.FORBIDDEN: "cannot_create_channel canvas_disabled_user_team",
        Meaning.MALFORMED: "invalid_name invalid_name_maxlength invalid_name_punctuation invalid_name_required "
        "invalid_name_specials no_channel",
    },
    "conversations.history": {
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.MALFORMED: f"invalid_metadata_filter_keys invalid_ts_latest invalid_ts_oldest {_BAD_PAGE}",
    },
    "conversations.info": {Meaning.LOST_CHANNEL: "channel_is_limited_access channel_not_found"},
    "conversations.invite": {
        Meaning.DONE: "already_in_channel",
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.LATER: "external_channel_migrating",
        Meaning.FORBIDDEN: "cant_invite invitee_cant_see_channel no_external_invite_permission "
        "org_user_not_in_team ura_max_channels user_is_restricted user_team_not_in_channel",
        Meaning.GONE: _NO_PERSON,
        Meaning.MALFORMED: "cant_invite_self method_not_supported_for_channel_type no_user too_many_users",
    },
    "conversations.join": {
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.FORBIDDEN: "too_many_members",
        Meaning.MALFORMED: "method_not_supported_for_channel_type",
    },
    "conversations.list": {Meaning.MALFORMED: _BAD_PAGE},
    "conversations.members": {
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.LATER: "fetch_members_failed",
        Meaning.MALFORMED: _BAD_PAGE,
    },
    "conversations.open": {
        Meaning.GONE: f"cannot_dm_bot channel_not_found user_disabled {_NO_PERSON}",
        Meaning.FORBIDDEN: "invalid_user_combination",
        Meaning.MALFORMED: "method_not_supported_for_channel_type not_enough_users too_many_users "
        "users_list_not_supplied",
    },
    "conversations.rename": {
        Meaning.TAKEN: "name_taken",
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.FORBIDDEN: "not_authorized user_is_restricted",
        Meaning.MALFORMED: "invalid_name invalid_name_maxlength invalid_name_punctuation invalid_name_required "
        "invalid_name_specials method_not_supported_for_channel_type",
    },
    "conversations.replies": {
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.LATER: "list_record_comment_fetch_failed",
        Meaning.GONE: "thread_not_found",
        Meaning.MALFORMED: f"invalid_metadata_filter_keys invalid_ts_latest invalid_ts_oldest {_BAD_PAGE}",
    },
    "conversations.setTopic": {
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.FORBIDDEN: "user_is_restricted",
        Meaning.MALFORMED: "method_not_supported_for_channel_type too_long",
    },
    "dnd.info": {Meaning.GONE: _NO_PERSON},
    "files.completeUploadExternal": {
        Meaning.LOST_CHANNEL: f"invalid_channel {_CHANNEL}",
        Meaning.UNKNOWN: "file_update_failed",
        Meaning.FORBIDDEN: "file_type_not_allowed file_uploads_except_images_disabled posting_to_channel_denied",
        Meaning.GONE: "file_not_found invalid_thread_ts",
        Meaning.TAKEN: "file_already_completed",
        Meaning.MALFORMED: "channels_limit_exceeded invalid_blocks",
    },
    "files.delete": {
        Meaning.DONE: "file_deleted file_not_found",
        Meaning.FORBIDDEN: "cant_delete_file delete_not_allowed file_deleting_disabled",
    },
    "files.getUploadURLExternal": {
        Meaning.FORBIDDEN: "file_type_not_allowed file_upload_size_restricted file_uploads_disabled "
        "file_uploads_except_images_disabled storage_limit_reached",
        Meaning.MALFORMED: "alt_txt_too_large snippet_too_large unknown_snippet_type unknown_subtype",
    },
    "files.info": {
        Meaning.GONE: "file_deleted file_not_found",
        Meaning.FORBIDDEN: "canvas_disabled_file_team canvas_disabled_user_team canvas_globally_disabled "
        "not_visible slack_connect_canvas_sharing_blocked template_not_visible",
    },
    "files.list": {Meaning.GONE: "user_not_found", Meaning.MALFORMED: "unknown_type"},
    "pins.add": {
        Meaning.DONE: "already_pinned",
        Meaning.LOST_CHANNEL: _CHANNEL,
        Meaning.LATER: "external_channel_migrating",
        Meaning.FORBIDDEN: "not_pinnable too_many_pins",
        Meaning.LOST_MESSAGE: "message_not_found",
        Meaning.GONE: "file_not_found file_not_shared",
        Meaning.MALFORMED: "bad_timestamp no_item_specified",
    },
    "usergroups.list": {
        Meaning.FORBIDDEN: "plan_upgrade_required",
        Meaning.GONE: "invalid_team users_not_found",
        Meaning.MALFORMED: "invalid_cursor",
    },
    "users.conversations": {Meaning.GONE: _NO_PERSON, Meaning.MALFORMED: _BAD_PAGE},
    "users.getPresence": {Meaning.GONE: _NO_PERSON},
    "users.info": {Meaning.GONE: _NO_PERSON, Meaning.MALFORMED: "too_many_users"},
    "users.list": {Meaning.MALFORMED: "invalid_cursor limit_required"},
    "views.open": {Meaning.GONE: _BAD_TRIGGER, Meaning.MALFORMED: _BAD_VIEW},
    "views.publish": {
        Meaning.FORBIDDEN: "not_enabled not_implemented",
        Meaning.LATER: "hash_conflict",
        Meaning.GONE: _NO_PERSON,
        Meaning.MALFORMED: f"missing_profile_id {_BAD_VIEW}",
    },
    "views.push": {
        Meaning.GONE: f"not_found {_BAD_TRIGGER}",
        Meaning.MALFORMED: f"push_limit_reached {_BAD_VIEW}",
    },
    "views.update": {Meaning.GONE: "not_found", Meaning.LATER: "hash_conflict", Meaning.MALFORMED: _BAD_VIEW},
}


def _by_error(table: Mapping[Meaning, str]) -> dict[str, Meaning]:
    return {error: means for means, errors in table.items() for error in errors.split()}


def errors_meaning(wanted_meaning: Meaning) -> frozenset[str]:
    """Every error of any method that has this meaning."""
    tables = (COMMON, *BY_METHOD.values())
    return frozenset(error for table in tables for error in table.get(wanted_meaning, "").split())


_COMMON = _by_error(COMMON)
_TABLE = {method: _COMMON | _by_error(own) for method, own in BY_METHOD.items()}


def meaning(method: str, error: str) -> Meaning | None:
    """What an error of a method means; None if it is not documented."""
    return _TABLE.get(method, _COMMON).get(error)


# Slack's errors for a person who is gone; `channel_not_found` means that they cannot be written to.
PERSON_GONE_ERRORS = frozenset(BY_METHOD["conversations.open"][Meaning.GONE].split())
# For people: what went wrong, and what helps.
REASONS: Mapping[str, str] = {
    "account_inactive": "the app was removed from this workspace; an administrator must install it again",
    "cant_invite": "Slack does not let me invite that person",
    "channel_not_found": "the channel is gone, or I am not in it",
    "ekm_access_denied": "an administrator has suspended posting in this workspace",
    "expired_trigger_id": "that took longer than the three seconds Slack allows; please try again",
    "file_deleted": "the file was deleted",
    "file_not_found": "the file is gone",
    "file_uploads_disabled": "this workspace does not allow file uploads",
    "invalid_auth": "the app's token is not valid; the administrator must set the right one",
    "is_archived": "the channel is archived",
    "is_inactive": "the channel is archived or frozen",
    "message_limit_exceeded": "this workspace has reached its limit of messages",
    "missing_scope": "the app lacks a permission; the administrator must install it with the current manifest",
    "not_in_channel": "I am not in the channel; somebody there must `/invite` me",
    "org_login_required": "this workspace is being moved to an organization; please try again later",
    "plan_upgrade_required": "this workspace's plan has no user groups",
    "team_added_to_org": "this workspace is being moved to an organization; please try again later",
    "token_expired": "the app's token has expired; the administrator must set a new one",
    "token_revoked": "the app was removed from this workspace; an administrator must install it again",
    "user_disabled": "that account is deactivated",
    "user_not_found": "Slack does not know that person",
}
_REASONS_OF: Mapping[tuple[str, str], str] = {
    ("conversations.create", "restricted_action"): "in this workspace only some people may create channels; "
    "a workspace owner must allow this app to",
    ("chat.postMessage", "restricted_action"): "a setting of the workspace or channel does not let me post there",
}


def reason(method: str, error: str) -> str:
    """Why Slack refused, as part of a sentence; Slack's name of the error if nothing better is known."""
    return _REASONS_OF.get((method, error)) or REASONS.get(error) or f"Slack says `{error}`"
