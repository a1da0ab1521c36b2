"""Answers to other nouns about caller messages, as plain data."""

from datetime import datetime

from sqlmodel import Session

from bot.frontdoor import tables
from bot.frontdoor.rules import TITLES, Variant, minutes_on
from bot.frontdoor.tables import CallerMessage, MessageVersion
from bot.incidents.caller_views import next_check
from bot.incidents.facts import CallerMessageRow
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import escape, near_time


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
