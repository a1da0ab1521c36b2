"""What others ask of caller messages and routing faults: plain data, files, and whether an incident may end."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.frontdoor import rules, tables, views
from bot.frontdoor.rules import TITLES, Variant, minutes_on
from bot.frontdoor.tables import CallerMessage, MessageVersion
from bot.incidents.caller_views import next_check
from bot.incidents.change import Change
from bot.incidents.facts import CallerMessageRow
from bot.incidents.registry import Export, Guard, Naming, Objection, Rows
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import escape, near_time

HEADER = (
    *("message", "version", "variant", "lines", "language", "text", "approved_by", "set_by", "set_at"),
    *("on_at", "on_by", "heard_at", "heard_by", "off_at", "off_by", "gone_at", "gone_by"),
)
FAULT_HEADER = (
    *("what_is_wrong", "examples", "since", "workaround", "asked_by", "asked_at", "due_at", "owner"),
    *("state", "answer", "answered_at", "escalated"),
)


def wording(session: Session, number: int, language: str) -> str:
    """What callers hear now, in a language; several messages one after another."""
    texts = (heard_wording.text(language) for _, heard_wording in tables.on(session, number))
    return "\n".join(dict.fromkeys(text for text in texts if text))


def history(session: Session, services: Services, number: int, now: datetime) -> list[CallerMessageRow]:
    """Every version of every message, with how long callers heard it."""
    messages = tables.of_incident(session, number)
    versions = tables.versions_of(session, [message.number for message in messages])
    language = services.floor.language
    return [
        _row(message, version, next_version, now, language)
        for message in messages
        for version, next_version in zip(
            versions[message.number], [*versions[message.number][1:], None], strict=True
        )
    ]


def _row(
    message: CallerMessage,
    version: MessageVersion,
    next_version: MessageVersion | None,
    now: datetime,
    language: str,
) -> CallerMessageRow:
    starts_at = message.on_at if version.version == 1 else version.at
    ends_at = next_version.at if next_version else message.off_at
    is_heard = next_version is None and bool(message.heard_by)
    return CallerMessageRow(
        on_at=starts_at,
        off_at=ends_at,
        minutes=minutes_on(starts_at, ends_at, now),
        variant=version.variant,
        lines=", ".join(version.lines),
        text=version.wording.text(language, *version.texts),
        version=version.version,
        approved_by=version.approved_by,
        heard_at=message.heard_at if is_heard else None,
    )


def lines(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """What callers hear, for the person who takes over."""
    return [
        f"a message on {escape(', '.join(heard_wording.lines)) or 'lines that are not recorded'} "
        f"({TITLES[Variant(heard_wording.variant)].lower()}) since {near_time(message.on_at, now)} · "
        f"{next_check(message.look_at, now)}"
        for message, heard_wording in tables.on(session, incident.number)
    ]


def _rows(session: Session, number: int, name_of: Naming) -> Rows:
    messages = tables.of_incident(session, number)
    versions = tables.versions_of(session, [message.number for message in messages])
    return [
        (
            *(message.number, version.version, version.variant, ", ".join(version.lines), language, text),
            *(name_of(version.approved_by), name_of(version.set_by), version.at),
            *(message.on_at, name_of(message.on_by), message.heard_at, name_of(message.heard_by)),
            *(message.off_at, name_of(message.off_by), message.gone_at, name_of(message.gone_by)),
        )
        for message in messages
        for version in versions[message.number]
        for language, text in (version.texts or {"": ""}).items()
    ]


def _fault_rows(session: Session, number: int, name_of: Naming) -> Rows:
    return [
        (
            *(
                fault.wrong,
                fault.examples,
                fault.since,
                fault.workaround,
                name_of(fault.asked_by),
                fault.asked_at,
            ),
            *(
                fault.answer_by,
                name_of(fault.owner_id),
                fault.state,
                fault.answer,
                fault.answered_at,
            ),
            fault.escalations,
        )
        for fault in tables.faults_of(session, number)
    ]


MESSAGES = Export("caller_messages.csv", HEADER, _rows)
ROUTING_FAULTS = Export("routing_faults.csv", FAULT_HEADER, _fault_rows)


def _objections(session: Session, number: int, action: str) -> list[Objection]:
    return [Objection(views.objection(wording)) for _, wording in tables.on(session, number)]


def _refusal(action: str, objections: Sequence[Objection]) -> WatchfloorError:
    messages = "; ".join(f"“{escape(objection.text)}”" for objection in objections)
    return rules.MessagesOn(act=action, messages=messages, button=f"*{action.capitalize()}…*")


def _waive(change: Change, action: str, reason: str) -> None:
    """Log the reason; the message stays on, and its reminder still comes when it is due."""
    change.log("front_door_waived", reason=reason)


MESSAGES_ON = Guard(_objections, _refusal, _waive)
