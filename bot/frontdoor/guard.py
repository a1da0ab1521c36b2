"""The guard against resolving or closing an incident while callers hear its message, unless a reason is given."""

from collections.abc import Sequence

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.frontdoor import rules, tables, views
from bot.incidents.change import Change
from bot.incidents.registry import Guard, Objection
from bot.slack.text import escape


def _objections(session: Session, number: int, action: str) -> list[Objection]:
    return [Objection(views.objection(wording)) for _, wording in tables.on(session, number)]


def _refusal(action: str, objections: Sequence[Objection]) -> WatchfloorError:
    messages = "; ".join(f"“{escape(objection.text)}”" for objection in objections)
    return rules.MessagesOn(act=action, messages=messages, button=f"*{action.capitalize()}…*")


def _waive(change: Change, action: str, reason: str) -> None:
    """Log the reason; the message stays on, and its reminder still comes when it is due."""
    change.log("front_door_waived", reason=reason)


MESSAGES_ON = Guard(_objections, _refusal, _waive)
