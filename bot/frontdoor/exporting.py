"""Caller messages, a row for each version, and routing faults, for a spreadsheet."""

from sqlmodel import Session

from bot.frontdoor import engagement_tables, tables
from bot.incidents.registry import Export, Naming, Rows

HEADER = (
    *("message", "version", "variant", "lines", "language", "text", "approved_by", "set_by", "set_at"),
    *("on_at", "on_by", "heard_at", "heard_by", "off_at", "off_by", "gone_at", "gone_by"),
)
ENGAGEMENT_HEADER = (
    *("what_is_wrong", "examples", "since", "workaround", "asked_by", "asked_at", "due_at", "owner"),
    *("state", "answer", "answered_at", "escalated"),
)


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


def _engagement_rows(session: Session, number: int, name_of: Naming) -> Rows:
    return [
        (
            *(
                engagement.wrong,
                engagement.examples,
                engagement.since,
                engagement.workaround,
                name_of(engagement.asked_by),
                engagement.asked_at,
            ),
            *(
                engagement.answer_by,
                name_of(engagement.owner_id),
                engagement.state,
                engagement.answer,
                engagement.answered_at,
            ),
            engagement.escalations,
        )
        for engagement in engagement_tables.of_incident(session, number)
    ]


MESSAGES = Export("caller_messages.csv", HEADER, _rows)
ENGAGEMENTS = Export("routing_faults.csv", ENGAGEMENT_HEADER, _engagement_rows)
