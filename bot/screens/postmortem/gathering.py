"""The record that a post-mortem is written from, gathered from the nouns. Whatever is not on record is left out."""

import html
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import asdict, replace
from sqlmodel import Session

from bot import directory
from bot.config.floor import Floor
from bot.followups import tables as followups
from bot.incidents import incidents, related
from bot.incidents.facts import CALLER_MESSAGES, FIGURE_SENTENCES, FIGURE_TABLE, MONEY, CallerMessageRow
from bot.incidents.recognition import find_duplicates
from bot.incidents.registry import Registry
from bot.incidents.rules import OTHER
from bot.incidents.tables import Incident
from bot.partners import tables as partners
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import (
    Entry,
    FollowUp,
    KeptPromises,
    Milestone,
    PartnerAnswer,
    Promise,
    Record,
    Similar,
)
from bot.screens.postmortem import runs
from bot.screens.postmortem.evidence import Evidence
from bot.screens.postmortem.participants import Participants, find_participants
from bot.services import Services
from bot.timeline import milestones, timeline, wording
from bot.timeline.rules import NOTES
from bot.timeline.tables import TimelineEntry
from bot.updates import tables as updates
from bot.updates import wording as update_wording
from bot.updates.kept_promises import count_kept

SPEECH = "message"
PARTNER_TOLD_KINDS = ("partner_told", "partner_phoned", "partner_unreachable")
PARTNER_ANSWER_KINDS = ("partner_received", "partner_affected", "partner_agents", "partner_phoned")
SIMILAR_SHOWN = 5


def read_record(services: Services, number: int, now: datetime, phrases: Phrases, is_preview: bool) -> Record:
    """Return everything on record about an incident, read at one moment."""
    with services.database.reading() as session:
        return gather_record(session, services, number, now, phrases, is_preview=is_preview)


def gather_record(
    session: Session, services: Services, number: int, now: datetime, phrases: Phrases, *, is_preview: bool = False
) -> Record:
    """Return the facts of an incident, with people named by their roles. Whatever is not on record is left out."""
    incident = incidents.by_number(session, number)
    entries = timeline.entries(session, number)
    participants = find_participants(session, services.floor, incident, entries, phrases)
    floor, roles = services.floor, services.floor.roles
    read_figure_table = services.get(Registry).ask(FIGURE_TABLE)
    figures = read_figure_table(session, services, number, now, phrases.language)
    sentences = services.get(Registry).ask(FIGURE_SENTENCES)(session, number, phrases.language)
    return Record(
        number=number,
        title=incident.title,
        type=_in_language(floor, floor.types.get(incident.type, incident.type), phrases),
        severity=incident.severity,
        status=incident.status,
        declared_at=incident.declared_at,
        written_at=now,
        commander=_in_language(floor, roles["commander"].title, phrases),
        communications_lead=_in_language(floor, roles["communications_lead"].title, phrases),
        commander_role=roles["commander"].title,
        entries=_entries(session, services, incident, entries, participants),
        places=[*(_in_language(floor, site, phrases) for site in incident.sites), *incident.partners],
        description=incident.description,
        impact=incident.impact,
        is_private=incident.is_private,
        is_drill=incident.is_drill,
        is_preview=is_preview,
        resolved_at=incident.resolved_at,
        closed_at=incident.closed_at,
        milestones=_milestones(entries, phrases),
        promises=_promises(session, services, number, entries, participants, phrases),
        kept_promises=_kept_promises(session, services, number, phrases),
        runs=runs.runs(session, number, entries, participants.name, phrases.language),
        people=participants.people,
        labels=participants.labels,
        partners=_partners(session, number, entries),
        follow_ups=_follow_ups(session, number, entries, participants),
        similar=_similar(session, services, incident),
        customers=tuple(line for line in html.unescape(sentences.executives).splitlines() if line),
        money=_money(session, services, number, phrases),
        interval_head=figures.header,
        interval_rows=figures.rows,
        interval_notes=figures.notes,
        caller_messages=_caller_messages(session, services, number, now, participants),
    )


def _in_language(floor: Floor, name: str, phrases: Phrases) -> str:
    """Return a name from floor.yaml (type, role, audience or site) in the language of the post-mortem."""
    return floor.in_language(name, phrases.language) or name


def _money(session: Session, services: Services, number: int, phrases: Phrases) -> tuple[str, ...]:
    rows = services.get(Registry).ask(MONEY)(session, number, phrases.language)
    return tuple(phrases("money_row", **asdict(row)) for row in rows)


def _caller_messages(
    session: Session, services: Services, number: int, now: datetime, participants: Participants
) -> list[CallerMessageRow]:
    message_rows = services.get(Registry).ask(CALLER_MESSAGES)(session, services, number, now)
    # The approver may never have been in the channel.
    names = directory.display_names(session, {row.approved_by for row in message_rows}) | dict(participants.labels)
    return [replace(row, approved_by=names.get(row.approved_by, "")) for row in message_rows]


def _milestones(entries: Sequence[TimelineEntry], phrases: Phrases) -> dict[str, Milestone]:
    milestones_by_name = {}
    for name, milestone in milestones.milestones_from(
        entry for entry in entries if entry.kind in milestones.KINDS
    ).items():
        detection_note = phrases("detected_by", how=phrases(f"detected_{milestone.how}")) if milestone.how else ""
        note = "; ".join(
            filter(None, [phrases("estimated") if milestone.is_estimated else "", detection_note, milestone.basis])
        )
        milestones_by_name[name.value] = Milestone(milestone.at, milestone.entry, note)
    return milestones_by_name


def _entries(
    session: Session,
    services: Services,
    incident: Incident,
    entries: Sequence[TimelineEntry],
    participants: Participants,
) -> list[Entry]:
    evidence, language = Evidence(session, services, incident), services.floor.language
    return [
        Entry(
            number=entry.number,
            at=entry.at,
            kind=entry.kind,
            sentence=wording.full_sentence(entry, participants.name, language),
            who=participants.name(entry.actor_id),
            text=wording.note_text(entry, participants.name, language) if entry.kind in NOTES else "",
            url=evidence.address(entry),
            is_speech=entry.kind == SPEECH,
            tag=entry.label or "",
            is_marked=entry.is_marked,
            facts=wording.corrected_facts(entry),
        )
        for entry in entries
    ]


def _promises(
    session: Session,
    services: Services,
    number: int,
    entries: Sequence[TimelineEntry],
    participants: Participants,
    phrases: Phrases,
) -> list[Promise]:
    entry_by_update = {(str(e.facts.get("audience")), e.at): e.id for e in entries if e.kind == "update_sent"}
    rows = []
    for promise in updates.concluded_of(session, number):
        audience = services.floor.audiences.get(promise.audience)
        title = audience.title if audience else promise.audience
        rows.append(
            Promise(
                audience=_in_language(services.floor, title, phrases),
                due_at=promise.due_at,
                sent_at=promise.sent_at,
                is_by_clock=promise.occasion == updates.CLOCK,
                missed_before=max(0, promise.missed - 1),
                asked_by=participants.name(promise.requested_by) if promise.requested_by else "",
                entry=entry_by_update.get((title, promise.sent_at)) if promise.sent_at else None,
                late_because=_late_because(promise, phrases),
            )
        )
    return rows


def _late_because(promise: updates.Promise, phrases: Phrases) -> str:
    reason = update_wording.late_reason(promise)
    if reason == update_wording.APPROVED_LATE and promise.approved_at:
        return phrases("approved_late", at=phrases.clock(promise.approved_at))
    return wording.term("update_late", reason, phrases.language)


def _kept_promises(session: Session, services: Services, number: int, phrases: Phrases) -> list[KeptPromises]:
    promises = updates.concluded_of(session, number)
    figures_by_audience = []
    for name in dict.fromkeys(promise.audience for promise in promises):
        counts = count_kept(promise for promise in promises if promise.audience == name)
        audience = services.floor.audiences.get(name)
        figures_by_audience.append(
            KeptPromises(
                _in_language(services.floor, audience.title if audience else name, phrases),
                counts.kept,
                counts.promised,
            )
        )
    return figures_by_audience


def _partners(session: Session, number: int, entries: Sequence[TimelineEntry]) -> list[PartnerAnswer]:
    entry_by_partner = {e.facts.get("partner"): e.number for e in entries if e.kind in PARTNER_TOLD_KINDS}
    # When an incident is reopened, its partners are asked again; what they answered before stays true.
    answers = [e for e in entries if e.kind in PARTNER_ANSWER_KINDS]
    answered_at = {e.facts.get("partner"): e.at for e in answers}
    agents = {e.facts.get("partner"): e.facts["agents"] for e in answers if e.facts.get("agents") is not None}
    return [
        PartnerAnswer(
            row.partner,
            row.told_at,
            row.answered_at or answered_at.get(row.partner),
            row.agents if row.agents is not None else agents.get(row.partner),
            entry_by_partner.get(row.partner),
        )
        for row in partners.of_incident(session, number)
    ]


def _follow_ups(
    session: Session, number: int, entries: Sequence[TimelineEntry], participants: Participants
) -> list[FollowUp]:
    entry_by_number = {e.facts.get("number"): e.number for e in entries if e.kind == "followup_added"}
    return [
        FollowUp(
            title=follow_up.text,
            kind=follow_up.kind,
            owner=participants.name(follow_up.owner_id) if follow_up.owner_id else "",
            due_on=follow_up.due_on,
            is_done=not follow_up.is_open,
            entry=entry_by_number.get(follow_up.number),
            url=follow_up.link,
        )
        for follow_up in followups.of_incident(session, number)
    ]


def _link(linked_incident: Incident | None, incident: Incident) -> str:
    if linked_incident is None:
        return ""
    return "merged_here" if linked_incident.merged_into == incident.number else "related"


def _similar(session: Session, services: Services, incident: Incident) -> list[Similar]:
    """Linked incidents; then earlier ones with a similar title, most similar first; then the newest of its type."""
    earlier_by_number = {other.number: other for other in incidents.public_before(session, incident.number)}
    similar_titles = find_duplicates(
        incident.title, [(number, other.title) for number, other in earlier_by_number.items()]
    )
    same_type = [other.number for other in earlier_by_number.values() if other.type == incident.type != OTHER]
    linked_by_number = {other.number: other for other in related.of_incident(session, incident.number)}
    unlinked_numbers = [
        number for number in dict.fromkeys([*similar_titles, *same_type]) if number not in linked_by_number
    ]
    numbers = [*linked_by_number, *unlinked_numbers[: max(0, SIMILAR_SHOWN - len(linked_by_number))]]
    incidents_by_number = earlier_by_number | linked_by_number
    counts = followups.counts(session, numbers)
    return [
        Similar(
            number=number,
            title=incidents_by_number[number].title,
            severity=incidents_by_number[number].severity,
            declared_at=incidents_by_number[number].declared_at,
            url=services.slack.channel_url(incidents_by_number[number].channel_id or ""),
            link=_link(linked_by_number.get(number), incident),
            is_alike=number in similar_titles,
            follow_ups=sum(counts[number]),
            follow_ups_done=counts[number][1],
        )
        for number in numbers
    ]
