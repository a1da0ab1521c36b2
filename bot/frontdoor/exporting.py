"""Caller messages, a row for each version, and routing faults, for a spreadsheet."""

from sqlmodel import Session

from bot.frontdoor import fault_tables, tables
from bot.incidents.registry import Export, Naming, Rows

HEADER = (
    *("message", "version", "variant", "lines", "language", "text", "approved_by", "set_by", "set_at"),
    *("on_at", "on_by", "heard_at", "heard_by", "off_at", "off_by", "gone_at", "gone_by"),
)
FAULT_HEADER = (
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
        for fault in fault_tables.of_incident(session, number)
    ]


MESSAGES = Export("caller_messages.csv", HEADER, _rows)
ROUTING_FAULTS = Export("routing_faults.csv", FAULT_HEADER, _fault_rows)
