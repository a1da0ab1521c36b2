"""What Slack sent, taken apart. No decisions here."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from bot.errors import WatchfloorError
from bot.incidents.rules import quoted
from bot.slack.blocks import PRIVATE_METADATA as FITS
from bot.slack.text import shorten, spoken

Payload = dict[str, Any]

LONGEST_ORIGIN = 2_800
LONGEST_NUMBER = 18  # more digits than that are no key of any row


class NobodyNamed(WatchfloorError):
    """Please choose a person from the list that opens when you type @, such as `/incident {example} @ana`."""


class UnknownRole(WatchfloorError):
    """`{given}` is not a role. There are {known}."""


class NotOurForm(WatchfloorError):
    """I do not know what this form is about any more. Please close it and open it again."""


@dataclass(frozen=True)
class Typed:
    """A command: who typed what where. `rest` is what people read, `raw` what Slack sent, with its mentions."""

    user_id: str
    channel_id: str
    word: str
    rest: str
    raw: str
    trigger_id: str
    response_url: str


def typed(body: Payload) -> Typed:
    """`/incident WORD REST` as it was typed: Slack's escapes are undone, and made again where words leave."""
    word, _, rest = (body.get("text") or "").strip().partition(" ")
    return Typed(
        user_id=body["user_id"],
        channel_id=body["channel_id"],
        word=html.unescape(word).lower(),
        rest=spoken(rest, lambda user_id: None).strip(),
        raw=rest,
        trigger_id=body["trigger_id"],
        response_url=body.get("response_url", ""),
    )


def value(body: Payload) -> str:
    """The value of the button that was clicked, or of the option that was chosen."""
    action = body["actions"][0]
    chosen = action.get("selected_option") or {}
    return str(action.get("value") or chosen.get("value") or action.get("selected_user") or "")


def user(body: Payload) -> str:
    """Who did it."""
    return str(body["user"]["id"])


def entered(body: Payload, name: str) -> str:
    """What was typed or chosen in the field `name` of a form; empty when nothing was."""
    field = _field(body, name)
    option = field.get("selected_option") or {}
    chosen = option.get("value") or field.get("selected_user") or field.get("selected_date")
    return str(field.get("value") or chosen or "").strip()


def moment(body: Payload, name: str) -> datetime | None:
    """The moment chosen in the field `name` of a form."""
    chosen = _field(body, name).get("selected_date_time")
    return datetime.fromtimestamp(int(chosen), UTC) if chosen else None


def several(body: Payload, name: str) -> list[str]:
    """Everything chosen in the field `name` of a form."""
    return [option["value"] for option in _field(body, name).get("selected_options") or []]


def several_people(body: Payload, name: str) -> list[str]:
    """Everyone chosen in the field `name` of a form."""
    return list(_field(body, name).get("selected_users") or [])


def _field(body: Payload, name: str) -> Payload:
    block: Payload = body["view"]["state"]["values"].get(name, {})
    return next(iter(block.values()), {})


def memory(body: Payload) -> str:
    """What the form was opened for. People can change it: rights are checked again behind it."""
    return str(body["view"].get("private_metadata") or "")


class Origin(BaseModel):
    """The message that an incident is declared from, as Slack wrote it."""

    channel_id: str
    ts: str = Field(pattern=r"^\d{1,12}\.\d{6}$")
    text: str = ""
    author_id: str = ""

    def kept(self) -> str:
        """As the form remembers it: a long message is shortened until it fits."""
        room = LONGEST_ORIGIN
        while len(memory := self.model_copy(update={"text": shorten(self.text, room)}).model_dump_json()) > FITS:
            room = room * 3 // 4
        return memory


def origin_of(body: Payload) -> Origin:
    """The message on which the shortcut was used."""
    message = body["message"]
    return Origin(
        channel_id=body["channel"]["id"],
        ts=message["ts"],
        text=message.get("text") or "",
        author_id=message.get("user") or "",
    )


def origin(body: Payload) -> Origin | None:
    """The message that the declaration form was opened on, if it was."""
    try:
        return Origin.model_validate_json(memory(body)) if memory(body) else None
    except ValidationError:
        raise NotOurForm() from None


def number(given: str) -> int:
    """An incident's or a step's number, from a button's value or from what a form remembers."""
    if not given.isascii() or not given.isdigit() or len(given) > LONGEST_NUMBER:
        raise NotOurForm()
    return int(given)


def number_clicked(body: Payload) -> int:
    """The number that the clicked button stands for."""
    return number(value(body))


def number_in_form(body: Payload) -> int:
    """The number that the form was opened for."""
    return number(memory(body))


def role_and_person(rest: str, known: list[str], example: str) -> tuple[str, str]:
    """`commander <@U1|ana>` as a role and a user id."""
    person = re.search(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>", rest)
    if person is None:
        named = role(rest.partition("@")[0], known)
        raise NobodyNamed(example=f"{example} {named}")
    return role(rest[: person.start()], known), person[1]


def role(given: str, known: list[str]) -> str:
    """A role from how people write it: `Commander`, `comms lead`, `communications_lead`."""
    wanted = re.sub(r"[\s_-]+", "_", given.strip().lower()) or "commander"
    matching = [name for name in known if name == wanted or name.startswith(wanted) or wanted in name]
    if wanted.startswith("comms"):
        matching = ["communications_lead"]
    if not matching:
        raise UnknownRole(given=quoted(given), known=", ".join(name.replace("_", " ") for name in known))
    return matching[0]
