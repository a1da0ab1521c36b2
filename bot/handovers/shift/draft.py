"""The items of a shift handover: incidents with their promises, cases at risk, unanswered pages, watch items."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlmodel import Session

from bot.handovers.shift import accountability, rules, tables
from bot.handovers.shift.rules import STABILITY
from bot.incidents import incidents, situation_tables
from bot.incidents.facts import PROMISES_DUE, RISKY_CASES, STEPS_TAKEN, UNANSWERED_PAGES
from bot.incidents.handover_items import HandoverItem
from bot.incidents.registry import Registry
from bot.incidents.situation import SituationField
from bot.incidents.tables import Incident
from bot.services import Services

NEEDS_NEXT_STEP = ("S0", "S1")


def gather(session: Session, services: Services, now: datetime) -> list[HandoverItem]:
    """Everything that is open now, whoever is accountable for it; most severe first."""
    return _gather(session, services, accountability.of_items(session), now)


def _gather(session: Session, services: Services, holders: Mapping[str, str], now: datetime) -> list[HandoverItem]:
    registry = services.get(Registry)
    items = [
        _incident_item(session, services, incident, now)
        for incident in incidents.all_open(session)
        if not incident.is_drill
    ]
    items += registry.ask(RISKY_CASES)(session, services, now, holders.keys())
    items += registry.ask(UNANSWERED_PAGES)(session, services, now)
    items += [
        HandoverItem(f"watch:{each.number}", each.text, stability="watched") for each in tables.watched(session)
    ]
    items = _with_known_steps(session, items)
    return rules.in_order(_without_private_text(session, items))


def _with_known_steps(session: Session, items: Sequence[HandoverItem]) -> list[HandoverItem]:
    """Fill in next steps that engineers added to earlier handovers, where the record has none of its own."""
    keys_without_step = [item.key for item in items if rules.lacks_next_step(item)]
    next_steps = tables.last_next_steps(session, keys_without_step)
    return [replace(item, next_step=next_steps[item.key]) if item.key in next_steps else item for item in items]


def of_person(session: Session, services: Services, user_id: str, now: datetime) -> list[HandoverItem]:
    """The items that a person may hand over: those they are accountable for, and those nobody on duty is."""
    items = _gather(session, services, accountability.of_items(session), now)
    return _handed_over(items, accountability.others_items(session, services, user_id, now))


def take(session: Session, services: Services, user_id: str, now: datetime) -> list[HandoverItem]:
    """The same items, without those that another person takes at this moment; the person is accountable for all of
    them from now on.

    Accountability for items that are over ends.
    """
    holders = accountability.of_items(session)
    items = _gather(session, services, holders, now)
    for key in holders.keys() - {item.key for item in items}:
        accountability.end(session, key, now)
    handed_over = _handed_over(items, accountability.others_items(session, services, user_id, now))
    accountability.relieve_stand_ins(session, {item.key for item in handed_over}, user_id, now)
    for item in handed_over:
        accountability.begin(session, item.key, user_id, now)
    holders = accountability.of_items(session)
    return [item for item in handed_over if holders.get(item.key) == user_id]


def _handed_over(items: Sequence[HandoverItem], others_items: Collection[str]) -> list[HandoverItem]:
    return [item for item in items if item.key not in others_items][: rules.MOST_ITEMS]


def _incident_item(session: Session, services: Services, incident: Incident, now: datetime) -> HandoverItem:
    number = incident.number
    situation = situation_tables.current(session, number)
    steps = services.get(Registry).ask(STEPS_TAKEN)(session, number)
    actions = situation.text(SituationField.ACTIONS)
    next_steps = [actions, *(step.title for step in steps[:3])]
    parts = [situation.text(SituationField.IMPACT), situation.text(SituationField.CAUSE)]
    return HandoverItem(
        key=f"incident:{number}",
        title=f"#{number} {incident.title}",
        severity=incident.severity,
        stability=STABILITY.get(incident.status, incident.status),
        situation=" · ".join(part for part in parts if part),
        owner_id=incidents.commander(session, number),
        next_step=" · ".join(part for part in next_steps if part),
        needs_next_step=incident.severity in NEEDS_NEXT_STEP,
        channel_id=incident.channel_id or "",
        incident_id=number,
        updates=services.get(Registry).ask(PROMISES_DUE)(session, services, incident, now),
    )


def _without_private_text(session: Session, items: Sequence[HandoverItem]) -> list[HandoverItem]:
    """Reduce each item of a private incident to the fact that it exists."""
    numbers = {item.incident_id for item in items if item.incident_id}
    incidents_by_number = incidents.by_numbers(session, [number for number in numbers if number])
    return [
        HandoverItem(
            key=item.key,
            title=accountability.private_title(item.incident_id),
            severity=item.severity,
            channel_id=item.channel_id,
            incident_id=item.incident_id,
            due_at=item.due_at,
        )
        if item.incident_id and incidents_by_number[item.incident_id].is_private
        else item
        for item in items
    ]
