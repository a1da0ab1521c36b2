"""What Slack sent, taken apart. No decisions here."""

import html
import re
from dataclasses import dataclass
from typing import Any

from bot.errors import WatchfloorError

Payload = dict[str, Any]


class NobodyNamed(WatchfloorError):
    """Please name a person with @, such as `/incident {example} @ana`."""


class UnknownRole(WatchfloorError):
    """`{given}` is not a role. There are {known}."""


@dataclass(frozen=True)
class Typed:
    """A command: who typed what where."""

    user_id: str
    channel_id: str
    word: str
    rest: str
    trigger_id: str
    response_url: str


def typed(body: Payload) -> Typed:
    """`/incident WORD REST` as it was typed: Slack's escapes are undone, and made again where words leave."""
    text = html.unescape(body.get("text") or "").strip()
    word, _, rest = text.partition(" ")
    return Typed(
        user_id=body["user_id"],
        channel_id=body["channel_id"],
        word=word.lower(),
        rest=rest.strip(),
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
    return str(field.get("value") or option.get("value") or field.get("selected_user") or "").strip()


def several(body: Payload, name: str) -> list[str]:
    """Everything chosen in the field `name` of a form."""
    return [option["value"] for option in _field(body, name).get("selected_options") or []]


def _field(body: Payload, name: str) -> Payload:
    block: Payload = body["view"]["state"]["values"].get(name, {})
    return next(iter(block.values()), {})


def memory(body: Payload) -> str:
    """What the form was opened for. People can change it: rights are checked again behind it."""
    return str(body["view"].get("private_metadata") or "")


def role_and_person(rest: str, known: list[str], example: str) -> tuple[str, str]:
    """`commander <@U1|ana>` as a role and a user id."""
    person = re.search(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>", rest)
    name = rest[: person.start()] if person else rest
    found = role(name, known)
    if person is None:
        raise NobodyNamed(example=f"{example} {found}")
    return found, person[1]


def role(given: str, known: list[str]) -> str:
    """A role from how people write it: `Commander`, `comms lead`, `communications_lead`."""
    wanted = re.sub(r"[\s_-]+", "_", given.strip().lower()) or "commander"
    matching = [name for name in known if name == wanted or name.startswith(wanted) or wanted in name]
    if wanted in ("comms", "comms_lead", "comms_lead_"):
        matching = ["communications_lead"]
    if not matching:
        raise UnknownRole(given=given.strip()[:40], known=", ".join(name.replace("_", " ") for name in known))
    return matching[0]
