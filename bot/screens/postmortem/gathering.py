"""The record that a post-mortem is written from, gathered from the nouns. What is not on record is left out."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.followups import tables as followups
from bot.incidents import tables as incidents
from bot.incidents.rules import alike
from bot.incidents.tables import Incident
from bot.partners import tables as partners
from bot.postmortems.record import Adherence, Answered, Entry, FollowUp, Milestone, Promise, Record, Similar
from bot.postmortems.words import Words
from bot.screens.postmortem import runs
from bot.screens.postmortem.evidence import Evidence
from bot.screens.postmortem.people import Cast, cast
from bot.services import Services
from bot.timeline import milestones, wording
from bot.timeline import tables as timeline
from bot.timeline.tables import TimelineEntry
from bot.updates import tables as updates
from bot.updates.record import adherence

SPEECH = "message"
CLOCK = "clock"
OTHER = "other"
PARTNER_TOLD = ("partner_told", "partner_phoned", "partner_unreachable")
SIMILAR_SHOWN = 5


def record_of(services: Services, number: int, now: datetime, words: Words, is_preview: bool) -> Record:
    """Everything that is on record of an incident, read at one moment."""
    with services.store.reading() as session:
        return gather(session, services, number, now, words, is_preview=is_preview)


def gather(
    session: Session, services: Services, number: int, now: datetime, words: Words, *, is_preview: bool = False
) -> Record:
    """The facts of an incident, with people called by their roles. What is not on record is left out."""
    incident = incidents.by_number(session, number)
    entries = timeline.entries(session, number)
    who = cast(session, services.floor, incident, entries, words("participant"))
    roles = services.floor.roles
    return Record(
        number=number,
        title=incident.title,
        type=services.floor.types.get(incident.type, incident.type),
        severity=incident.severity,
        status=incident.status,
        declared_at=incident.declared_at,
        written_at=now,
        commander=roles["commander"].title,
        communications_lead=roles["communications_lead"].title,
        entries=_entries(session, services, incident, entries, who),
        places=[*incident.sites, *incident.partners],
        description=incident.description,
        impact=incident.impact,
        is_private=incident.is_private,
        is_drill=incident.is_drill,
        is_preview=is_preview,
        resolved_at=incident.resolved_at,
        closed_at=incident.closed_at,
        milestones=_milestones(entries, words),
        promises=_promises(session, services, number, entries, who),
        adherence=_adherence(session, services, number),
        runs=runs.runs(session, number, entries, who.name),
        people=who.people,
        called=who.called,
        partners=_partners(session, number, entries),
        follow_ups=_follow_ups(session, number, entries, who),
        similar=_similar(session, services, incident),
    )


def _milestones(entries: Sequence[TimelineEntry], words: Words) -> dict[str, Milestone]:
    found = {}
    for name, reached in milestones.read(entry for entry in entries if entry.kind in milestones.KINDS).items():
        noticed = words("detected_by", how=words(f"detected_{reached.how}")) if reached.how else ""
        note = "; ".join(filter(None, [words("estimated") if reached.is_estimated else "", noticed, reached.basis]))
        found[name.value] = Milestone(reached.at, reached.entry, note)
    return found


def _entries(
    session: Session, services: Services, incident: Incident, entries: Sequence[TimelineEntry], who: Cast
) -> list[Entry]:
    evidence = Evidence(session, services, incident)
    return [
        Entry(
            number=entry.number,
            at=entry.at,
            kind=entry.kind,
            words=wording.told(entry, who.name, services.floor.language),
            who=who.name(entry.actor_id),
            url=evidence.address(entry),
            is_speech=entry.kind == SPEECH,
            tag=entry.label or "",
            is_marked=entry.is_marked,
            facts=entry.facts,
        )
        for entry in entries
    ]


def _promises(
    session: Session, services: Services, number: int, entries: Sequence[TimelineEntry], who: Cast
) -> list[Promise]:
    sent = {(str(e.facts.get("audience")), e.at): e.id for e in entries if e.kind == "update_sent"}
    found = []
    for promise in updates.kept_of(session, number):
        audience = services.floor.audiences.get(promise.audience)
        title = audience.title if audience else promise.audience
        found.append(
            Promise(
                audience=title,
                due_at=promise.due_at,
                sent_at=promise.sent_at,
                is_by_clock=promise.occasion == CLOCK,
                missed=promise.missed,
                asked_by=who.name(promise.requested_by) if promise.requested_by else "",
                entry=sent.get((title, promise.sent_at)) if promise.sent_at else None,
                late_because=promise.late_because,
            )
        )
    return found


def _adherence(session: Session, services: Services, number: int) -> list[Adherence]:
    promises = updates.kept_of(session, number)
    found = []
    for name in dict.fromkeys(promise.audience for promise in promises):
        figure = adherence(promise for promise in promises if promise.audience == name)
        known = services.floor.audiences.get(name)
        found.append(Adherence(known.title if known else name, figure.kept, figure.promised))
    return found


def _partners(session: Session, number: int, entries: Sequence[TimelineEntry]) -> list[Answered]:
    told = {e.facts.get("partner"): e.number for e in entries if e.kind in PARTNER_TOLD}
    return [
        Answered(row.partner, row.told_at, row.answered_at, row.agents, told.get(row.partner))
        for row in partners.of_incident(session, number)
    ]


def _follow_ups(session: Session, number: int, entries: Sequence[TimelineEntry], who: Cast) -> list[FollowUp]:
    added = {e.facts.get("number"): e.number for e in entries if e.kind == "followup_added"}
    return [
        FollowUp(
            title=item.words,
            kind=item.kind,
            owner=who.name(item.owner_id) if item.owner_id else "",
            due_at=item.due_at,
            is_done=not item.is_open,
            entry=added.get(item.number),
            url=item.link,
        )
        for item in followups.of_incident(session, number)
    ]


def _similar(session: Session, services: Services, incident: Incident) -> list[Similar]:
    """Earlier incidents that sound alike, the most alike first; then the newest of the same type."""
    earlier = {found.number: found for found in incidents.public_before(session, incident.number)}
    sounding = alike(incident.title, [(number, found.title) for number, found in earlier.items()])
    same_type = [found.number for found in earlier.values() if found.type == incident.type != OTHER]
    shown = list(dict.fromkeys([*sounding, *same_type]))[:SIMILAR_SHOWN]
    counts = followups.counts(session, shown)
    return [
        Similar(
            number=number,
            title=earlier[number].title,
            severity=earlier[number].severity,
            declared_at=earlier[number].declared_at,
            url=services.slack.channel_address(earlier[number].channel_id or ""),
            is_alike=number in sounding,
            follow_ups=sum(counts[number]),
            follow_ups_done=counts[number][1],
        )
        for number in shown
    ]
