"""The shape of what Slack sends: requests without it are refused before anything reads them.

A signature proves that a request is Slack's, not that every field is present and has its type.
"""

from typing import Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from bot.slack.received import received

Body = dict[str, Any]
TS = r"^\d{1,12}(\.\d{1,9})?$"


class Malformed(Exception):
    """The body does not have the shape of such a request from Slack."""


class _Id(BaseModel):
    id: str = Field(min_length=1)


class _Value(BaseModel):
    value: str


class _File(_Id):
    name: str | None = None
    permalink: str | None = None
    size: int = 0


class _Attachment(BaseModel):
    fallback: str | None = None
    text: str | None = None


class _Edited(BaseModel):
    ts: str = Field(pattern=TS)


class _BotProfile(BaseModel):
    name: str | None = None


class _Message(BaseModel):
    ts: str = Field("0", pattern=TS)
    subtype: str | None = None
    text: str | None = None
    user: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    bot_profile: _BotProfile | None = None
    thread_ts: str | None = Field(None, pattern=TS)
    edited: _Edited | None = None
    blocks: list[Body] | None = None
    files: list[_File] | None = None
    attachments: list[_Attachment] | None = None


class _Event(BaseModel):
    type: str
    event_ts: str = Field("0", pattern=TS)


class _MessageEvent(_Event, _Message):
    channel: str
    ts: str = Field(pattern=TS)
    deleted_ts: str | None = Field(None, pattern=TS)
    message: _Message | None = None
    previous_message: _Message | None = None

    @model_validator(mode="after")
    def _says_what_changed(self) -> Self:
        if self.subtype == "message_changed" and self.message is None:
            raise ValueError("an edit without the message")
        if self.subtype == "message_deleted" and not (self.deleted_ts or self.previous_message):
            raise ValueError("a deletion of no message")
        return self


class _MemberEvent(_Event):
    user: str
    channel: str


class _Item(BaseModel):
    type: str = ""
    channel: str = ""
    ts: str = Field("0", pattern=TS)
    message: _Message | None = None


class _ReactionEvent(_Event):
    user: str
    reaction: str
    item: _Item


class _PinEvent(_Event):
    user: str
    channel_id: str
    item: _Item


class _ChannelEvent(_Event):
    channel: str


class _Named(_Id):
    name: str


class _RenameEvent(_Event):
    channel: _Named


class _ChannelIdEvent(_Event):
    old_channel_id: str
    new_channel_id: str


class _Profile(BaseModel):
    real_name: str | None = None
    display_name: str | None = None


class _Person(_Named):
    real_name: str | None = None
    profile: _Profile | None = None
    enterprise_user: Body | None = None
    team_id: str | None = None
    tz: str | None = None
    locale: str | None = None


class _PersonEvent(_Event):
    user: _Person


class _Group(_Id):
    handle: str


class _GroupEvent(_Event):
    subteam: _Group


class _HomeEvent(_Event):
    user: str


EVENTS: dict[str, type[_Event]] = {
    "message": _MessageEvent,
    "member_joined_channel": _MemberEvent,
    "member_left_channel": _MemberEvent,
    "reaction_added": _ReactionEvent,
    "reaction_removed": _ReactionEvent,
    "pin_added": _PinEvent,
    "pin_removed": _PinEvent,
    "user_change": _PersonEvent,
    "team_join": _PersonEvent,
    "subteam_updated": _GroupEvent,
    "app_home_opened": _HomeEvent,
    "channel_rename": _RenameEvent,
    "group_rename": _RenameEvent,
    "channel_id_changed": _ChannelIdEvent,
    **{
        f"{kind}_{what}": _ChannelEvent
        for kind in ("channel", "group")
        for what in ("archive", "unarchive", "deleted", "left")
    },
}


class _Callback(BaseModel):
    event: _Event
    authorizations: list[Body] | None = None


class _Element(BaseModel):
    value: str | None = None
    selected_option: _Value | None = None
    selected_options: list[_Value] | None = None
    selected_user: str | None = None
    selected_users: list[str] | None = None
    selected_date: str | None = None
    selected_date_time: int | None = Field(None, ge=0, le=10**11)


class _State(BaseModel):
    values: dict[str, dict[str, _Element]] = {}


class _View(_Id):
    type: str = ""
    callback_id: str = ""
    private_metadata: str | None = ""
    root_view_id: str | None = ""
    blocks: list[Body] | None = None
    state: _State | None = None


class _FilledView(_View):
    type: Literal["modal"]
    state: _State


class _Action(_Element):
    action_id: str


class _Interaction(BaseModel):
    user: _Id
    trigger_id: str = ""
    response_url: str | None = ""
    channel: _Id | None = None
    container: Body | None = None
    view: _View | None = None


class _Click(_Interaction):
    actions: list[_Action] = Field(min_length=1)
    trigger_id: str
    message: _Message | None = None


class _Submission(_Interaction):
    view: _FilledView


class _Shortcut(_Interaction):
    callback_id: str
    trigger_id: str


class _MessageShortcut(_Shortcut):
    channel: _Id
    message: _Message


class _Command(BaseModel):
    command: str
    user_id: str = Field(min_length=1)
    channel_id: str
    trigger_id: str
    text: str | None = ""
    response_url: str = ""


class _RateLimited(BaseModel):
    minute_rate_limited: int = Field(ge=0, le=10**11)


BODIES: dict[str, type[BaseModel]] = {
    "event_callback": _Callback,
    "app_rate_limited": _RateLimited,
    "block_actions": _Click,
    "view_submission": _Submission,
    "shortcut": _Shortcut,
    "message_action": _MessageShortcut,
}


def checked(body: object) -> Body:
    """The body, if it has the shape of one of Slack's requests. Raises `Malformed` if not.

    A lone surrogate, which neither databases nor files accept, becomes the replacement character.
    """
    if not isinstance(body, dict):
        raise Malformed(type(body).__name__)
    model = _model_of(body)
    try:
        if model:
            model.model_validate(body)
        if model is _Callback:
            EVENTS.get(body["event"]["type"], _Event).model_validate(body["event"])
        return received(body)
    except (ValidationError, RecursionError, ValueError) as wrong:
        raise Malformed(type(wrong).__name__) from None


def _model_of(body: Body) -> type[BaseModel] | None:
    kind = body.get("type")
    if isinstance(kind, str):
        return BODIES.get(kind)
    if "ssl_check" in body:
        return None
    return _Command
