"""Case data for other packages: shift handovers, reports of a period, and the export of an incident."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.cases import escalation_tables, guide_draft_tables, tables
from bot.cases.capacity import people_of, ranking
from bot.cases.rules.board import AMBER, RED, Entry, OpenCase
from bot.cases.tables import Case
from bot.cases.wording import translator
from bot.incidents.facts import CaseFigures, SensitiveCase
from bot.incidents.handover_items import HandoverItem
from bot.incidents.registry import Export, Naming, Rows
from bot.services import Services
from bot.slack.phrases import Translator
from bot.slack.text import format_duration

# Nobody would read the list if a whole queue were red. Those with an accountable person are always listed.
MOST_ITEMS = 30
GUIDE_HEADER = ("guide", "state", "version", "owner", "reviewer", "noted at (UTC)", "published at (UTC)", "text")


def risky_cases(
    session: Session, services: Services, now: datetime, held_keys: Collection[str]
) -> Sequence[HandoverItem]:
    """Red, amber and unanswered escalated cases; P1, P2 and escalated ones without a note need a next step.

    Those for which somebody is accountable (`held_keys`, the keys of items) are all there, of the others the first.
    """
    entries = ranking(session, services, now)
    escalated = {each.case_id for each in escalation_tables.open_of(session, [e.case.number for e in entries])}
    risky = [entry for entry in entries if entry.colour in (RED, AMBER) or entry.case.number in escalated]
    listed = risky[:MOST_ITEMS] + [entry for entry in risky[MOST_ITEMS:] if _key(entry.case) in held_keys]
    return [_handover_item(session, entry, entry.case.number in escalated) for entry in listed]


def _key(case: OpenCase) -> str:
    return f"case:{case.number}"


def _handover_item(session: Session, entry: Entry, is_escalated: bool) -> HandoverItem:
    case, notes = entry.case, tables.notes_of(session, entry.case.number, 10)
    typed_next_step = next(
        (note.text for note in notes if note.by and note.kind in ("note", "snoozed", "assigned")), ""
    )
    # Handovers translate it for their reader.
    time_left = _time_left_text(entry, Translator())
    parts = [case.customer, case.team, time_left, *(["escalated without an answer"] if is_escalated else [])]
    return HandoverItem(
        key=_key(case),
        title=f"{case.name} {case.title}".strip(),
        severity=case.priority,
        stability=entry.colour,
        situation=", ".join(part for part in parts if part),
        owner_id=case.owner_id,
        next_step=typed_next_step,
        due_at=case.due_at,
        needs_next_step=not typed_next_step and (case.priority in ("P1", "P2") or is_escalated),
    )


def _time_left_text(entry: Entry, translate: Translator) -> str:
    if entry.left is None:
        return translate("the clock is paused")
    return (
        translate("breached")
        if entry.is_breached
        else translate("{length} left", length=translate(format_duration(entry.left)))
    )


def case_figures(session: Session, services: Services, start: datetime, end: datetime) -> Sequence[CaseFigures]:
    """Cases opened, ended, open at the end and within SLA in a period, by region, team and kind of work item."""
    people = people_of(session, services, start, end)
    is_opened = sa.and_(col(Case.opened_at) >= start, col(Case.opened_at) < end)
    is_ended = sa.and_(col(Case.ended_at) >= start, col(Case.ended_at) < end)
    is_open_at_end = sa.and_(
        col(Case.opened_at) < end, sa.or_(col(Case.ended_at).is_(None), col(Case.ended_at) >= end)
    )
    has_target = sa.and_(is_ended, col(Case.target_s).is_not(None))
    group_columns = (col(Case.region), col(Case.team), col(Case.kind))
    query = sa.select(
        *group_columns,
        _count(is_opened),
        _count(is_ended),
        _count(is_open_at_end),
        _count(has_target),
        _count(sa.and_(has_target, col(Case.is_breached).is_(False))),
        _count(sa.and_(is_opened, col(Case.reopened) > 0)),
    )
    relevant = sa.or_(is_opened, is_ended, is_open_at_end)
    rows = session.connection().execute(query.where(relevant).group_by(*group_columns).order_by(*group_columns))
    return [
        CaseFigures(
            region=region,
            team=team,
            kind=kind,
            intake=intake,
            ended=closed,
            backlog=backlog,
            with_target=targets,
            met=met,
            reopened=reopened,
            people=people.get(team, 0),
        )
        for region, team, kind, intake, closed, backlog, targets, met, reopened in rows
    ]


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def sensitive_cases(session: Session, services: Services, now: datetime, language: str) -> Sequence[SensitiveCase]:
    """The open cases of sensitive customers, by name; the caller must check that the reader may see them."""
    ranked_cases = ranking(session, services, now)
    entries = [ranked_cases[index] for index, case in enumerate(ranked_cases.cases) if case.is_sensitive]
    return [_sensitive_case(entry, translator(language)) for entry in entries]


def _sensitive_case(entry: Entry, translate: Translator) -> SensitiveCase:
    case = entry.case
    return SensitiveCase(
        name=case.name,
        title=case.title,
        customer=case.customer,
        priority=case.priority,
        region=case.region,
        team=case.team,
        owner_id=case.owner_id,
        left=_time_left_text(entry, translate),
    )


def _guide_rows(session: Session, number: int, name: Naming) -> Rows:
    draft = guide_draft_tables.of_incident(session, number)
    if draft is None:
        return []
    people = (name(draft.owner_id), name(draft.reviewer_id))
    return [(draft.title, draft.state, draft.version, *people, draft.noted_at, draft.published_at, draft.text)]


GUIDES = Export("guides.csv", GUIDE_HEADER, _guide_rows)
