"""Parses Slack's payloads. Makes no decisions."""

import html
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from pydantic import BaseModel, Field, ValidationError

from bot.errors import WatchfloorError
from bot.incidents.ids import COMMAND
from bot.incidents.rules import quoted
from bot.slack.blocks import PRIVATE_METADATA as FITS
from bot.slack.message_source import source_text
from bot.slack.text import shorten, to_plain_text

# What Slack sends: a command, a click, a form or an event.
Payload = dict[str, Any]
LONGEST_PAGE_NUMBER = 4

MAX_COMMAND = 8_000
MAX_SOURCE_MESSAGE = 2_800
MAX_DIGITS = 18  # no row's key has more
LONGEST_ROLE = 3  # words; `incident communications lead`


class PersonMissing(WatchfloorError):
    """Please choose a person from the list that opens when you type @, such as `/incident {example} @ana`."""


class UnknownRole(WatchfloorError):
    """`{given}` is not a role. Choose from {known}. Write a person as `@name`."""


class TooLong(WatchfloorError):
    """That is {length:,} characters, and a command takes at most {limit:,}. Shorten it, or post it in the channel:
    every message there is kept in the timeline."""


class NotOurForm(WatchfloorError):
    """This form is out of date. Please close it and open it again."""

    es = "Este formulario está anticuado. Ciérralo y ábrelo de nuevo."


class SlashCommand(Struct, frozen=True):
    """A typed command. `argument` is the text as people read it, `raw_argument` as Slack sent it, with mentions."""

    user_id: str
    channel_id: str
    subcommand: str
    argument: str
    raw_argument: str
    trigger_id: str
    response_url: str


def page_number(typed_page: str) -> int:
    """The page requested; 1 if the text is not a page number."""
    text = typed_page.strip()
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= LONGEST_PAGE_NUMBER else 1


def word_and_page(argument: str) -> tuple[str, int]:
    """`mine 2` as what is listed and its page."""
    list_name, _, last_word = argument.strip().rpartition(" ")
    return (
        (list_name.strip(), page_number(last_word))
        if last_word.isascii() and last_word.isdigit()
        else (argument.strip(), 1)
    )


def slash_command(body: Payload) -> SlashCommand:
    """Parse `/incident SUBCOMMAND ARGUMENT`. Slack's escapes are undone here, and made again when text is sent."""
    subcommand, argument = first_word(body.get("text") or "")
    if subcommand.lower() == COMMAND:  # the whole command was pasted
        subcommand, argument = first_word(argument)
    return SlashCommand(
        user_id=body["user_id"],
        channel_id=body["channel_id"],
        subcommand=html.unescape(subcommand).lower(),
        argument=to_plain_text(argument, lambda user_id: None).strip(),
        raw_argument=argument,
        trigger_id=body["trigger_id"],
        response_url=body.get("response_url", ""),
    )


def check_length(command: SlashCommand) -> None:
    """Refuse a command that is too long to be read."""
    if len(command.argument) > MAX_COMMAND:
        raise TooLong(length=len(command.argument), limit=MAX_COMMAND)


def first_word(text: str) -> tuple[str, str]:
    """The first word and the rest, separated by any whitespace, including no-break spaces and line breaks."""
    word, *rest = text.split(maxsplit=1) or [""]
    return word, rest[0].strip() if rest else ""


def action_value(body: Payload) -> str:
    """The value of the clicked button or the chosen option."""
    action = body["actions"][0]
    option = action.get("selected_option") or {}
    return str(action.get("value") or option.get("value") or action.get("selected_user") or "")


def user_id(body: Payload) -> str:
    """The id of the person who acted."""
    return str(body["user"]["id"])


def field_value(body: Payload, name: str) -> str:
    """The text or option entered in the field `name` of a form; empty if none."""
    field = _field(body, name)
    option = field.get("selected_option") or {}
    selected_value = option.get("value") or field.get("selected_user") or field.get("selected_date")
    return str(field.get("value") or selected_value or "").strip()


def selected_time(body: Payload, name: str) -> datetime | None:
    """The time chosen in the field `name` of a form."""
    timestamp = _field(body, name).get("selected_date_time")
    return datetime.fromtimestamp(int(timestamp), UTC) if timestamp else None


def selected_values(body: Payload, name: str) -> list[str]:
    """Everything chosen in the field `name` of a form."""
    return [option["value"] for option in _field(body, name).get("selected_options") or []]


def selected_users(body: Payload, name: str) -> list[str]:
    """Everyone chosen in the field `name` of a form."""
    return list(_field(body, name).get("selected_users") or [])


def uploaded_files(body: Payload, name: str) -> list[tuple[str, str]]:
    """The ids and names of the files uploaded in the field `name` of a form."""
    files = _field(body, name).get("files") or []
    return [(str(file["id"]), str(file.get("name") or "file")) for file in files]


def _field(body: Payload, name: str) -> Payload:
    block: Payload = body["view"]["state"]["values"].get(name, {})
    return next(iter(block.values()), {})


def private_metadata(body: Payload) -> str:
    """The subject for which the form was opened. Users can change it, so later code checks permissions again."""
    return str(body["view"].get("private_metadata") or "")


class SourceMessage(BaseModel):
    """The message from which an incident is declared, as Slack sent it."""

    channel_id: str
    ts: str = Field(pattern=r"^\d{1,12}\.\d{6}$")
    text: str = ""
    author_id: str = ""
    # The form fields prefilled from the message: if one is empty on submission, a person emptied it.
    decided: list[str] = []

    def to_metadata(self) -> str:
        """Return the message serialized for the form's metadata, shortened until it fits."""
        room = MAX_SOURCE_MESSAGE
        while (
            len(serialized := self.model_copy(update={"text": shorten(self.text, room)}).model_dump_json()) > FITS
        ):
            room = room * 3 // 4
        return serialized


def shortcut_message(body: Payload) -> SourceMessage:
    message = body["message"]
    return SourceMessage(
        channel_id=body["channel"]["id"],
        ts=message["ts"],
        text=source_text(message),
        author_id=message.get("user") or "",
    )


def source_message(body: Payload) -> SourceMessage | None:
    """The message on which the declaration form was opened, if any."""
    try:
        return SourceMessage.model_validate_json(private_metadata(body)) if private_metadata(body) else None
    except ValidationError:
        raise NotOurForm() from None


def parse_number(raw: str) -> int:
    """Parse the number of an incident or step from a button's value or a form's metadata."""
    if not raw.isascii() or not raw.isdigit() or len(raw) > MAX_DIGITS:
        raise NotOurForm()
    return int(raw)


def clicked_number(body: Payload) -> int:
    """The number that the clicked button carries."""
    return parse_number(action_value(body))


def form_number(body: Payload) -> int:
    return parse_number(private_metadata(body))


def form_number_and_state(body: Payload) -> tuple[int, str]:
    """The incident's number, and its severity or status when the form was opened, if the form names it."""
    number, _, state = private_metadata(body).partition(":")
    return parse_number(number), state


def role_and_person(argument: str, role_names: list[str], example: str) -> tuple[str, str]:
    """`commander <@U1|ana>` as a role and a user id."""
    person = re.search(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>", argument)
    if person is None:
        raise PersonMissing(example=f"{example} {_role_before_name(argument, role_names)}")
    return role(argument[: person.start()], role_names), person[1]


def _role_before_name(argument: str, role_names: list[str]) -> str:
    """The role at the beginning of `scribe chloe`, `comms lead @chloe`: of as many words as name one."""
    words = argument.partition("@")[0].split(maxsplit=LONGEST_ROLE)[:LONGEST_ROLE]
    for count in range(len(words), 1, -1):
        with suppress(UnknownRole):
            return role(" ".join(words[:count]), role_names)
    return role("".join(words[:1]), role_names)


def role(typed_role: str, role_names: list[str]) -> str:
    """Parse a role as people write it: `Commander`, `comms lead`, `communications_lead`."""
    normalized = re.sub(r"[\s_-]+", "_", typed_role.strip().lower()) or "commander"
    matching_names = [
        name for name in role_names if name == normalized or name.startswith(normalized) or normalized in name
    ]
    if normalized.startswith("comms"):
        matching_names = ["communications_lead"]
    if not matching_names:
        raise UnknownRole(given=quoted(typed_role), known=", ".join(name.replace("_", " ") for name in role_names))
    return matching_names[0]
