"""An incident's status: changing, resolving, closing, declining, reopening. One function sets it and publishes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.incidents import forms, ids, incidents, rules, situation_actions, situation_tables, wording
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing
from bot.incidents.events import Closed, Declined, Event, Reopened, Resolved, StatusChanged
from bot.incidents.permissions import check_permission
from bot.incidents.registry import Objection, Registry
from bot.incidents.rules import Status
from bot.incidents.situation import Certainty, Situation, SituationField
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mention, one_line


def change_status(
    services: Services, number: int, status: str, reason: str, by: str, now: datetime, shown: str = ""
) -> str:
    """Set the status. Return the answer. `shown` is the status that a form showed as the current one."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old_status = change.incident.status
        rules.check_new_state(status, old_status, shown)
        set_status(change, status, reason)
        situation = situation_tables.current(change.session, number)
    if old_status not in rules.OPEN and status == Status.INVESTIGATING:
        return " ".join([wording.REOPENED.format(number=number), *change.answers])
    question = _question_about_cause(situation) if status == Status.IDENTIFIED else ""
    return " ".join(
        [
            wording.STATUS_CHANGED.format(old_status=old_status, new_status=status, question=question),
            *change.answers,
        ]
    )


def _question_about_cause(situation: Situation) -> str:
    """What is missing once the cause is identified: its description, or that it is certain."""
    if not situation.text(SituationField.CAUSE):
        return f" {wording.DESCRIBE_CAUSE}"
    return f" {wording.STILL_SUSPECTED}" if situation.certainty == Certainty.SUSPECTED else ""


def set_status(change: Change, status: str, reason: str) -> None:
    """The same within a transaction on the incident. A resolved incident is reopened by this, if the person may."""
    if change.incident.status not in rules.OPEN:
        check_permission(change.services, change.session, change.by, "close", change.number)
        reopen_within(change, reason)
    old_status = change.incident.status
    if old_status != status:
        event = StatusChanged(old_status, status)
        set_and_publish(change, status, "status", event, old=old_status, new=status, reason=reason)
    if status == Status.IDENTIFIED:
        situation_actions.clear_unknown_cause(change)


def set_and_publish(change: Change, status: str, entry_kind: str, event: Event, **facts: Any) -> int:
    """Change the status, log it and publish the event. The only place where a status changes.

    Return the number of the timeline's entry.
    """
    incidents.change_status(change.incident, status, change.now)
    entry_number = change.log(entry_kind, **facts)
    change.publish(event)
    return entry_number


def resolve(
    services: Services, number: int, reason: str, key: str, by: str, now: datetime, waiver: str = ""
) -> str:
    """Resolve the incident: the impact is over, and a last update goes to every audience that was informed."""
    with changing(services, number, by, now, "close") as change:
        rules.check_may_resolve(number, change.incident.status)
        _waive_objections(change, "resolve", waiver)
        set_and_publish(change, Status.RESOLVED, "resolved", Resolved(key), reason=reason)
    return wording.RESOLVED


def close(services: Services, number: int, reason: str, by: str, now: datetime, waiver: str = "") -> str:
    """Close the incident: the post-mortem draft goes to the commander, or without one to the declarer."""
    with changing(services, number, by, now, "close") as change:
        rules.check_may_close(number, change.incident.status)
        _waive_objections(change, "close", waiver)
        set_and_publish(change, Status.CLOSED, "closed", Closed(), reason=reason)
    return " ".join(["Closed.", *change.answers])


def decline(services: Services, number: int, reason: str, key: str, by: str, now: datetime) -> str:
    """Decline the incident as a false alarm: all who were informed are told, and no figure counts it. Return the
    answer to show."""
    if not reason:
        raise rules.DeclineReasonMissing()
    with changing(services, number, by, now, "close") as change:
        rules.check_may_change(number, change.incident.status)
        set_and_publish(change, Status.DECLINED, "declined", Declined(key, reason), reason=reason)
    return wording.DECLINED


def reopen(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """Reopen the incident: it is not over after all, and updates are promised again."""
    with changing(services, number, by, now, "close") as change:
        rules.check_may_reopen(number, change.incident.status)
        if change.incident.merged_into:
            raise rules.AlreadyMerged(number=number)
        reopen_within(change, reason)
    return " ".join([wording.REOPENED.format(number=number), *change.answers])


def reopen_within(change: Change, reason: str, *, was_merged: bool = False) -> None:
    """The same within a transaction on the incident."""
    facts = {"was": Status.MERGED.value} if was_merged else {}
    event = Reopened(was_merged)
    entry_number = set_and_publish(change, Status.INVESTIGATING, "reopened", event, reason=reason, **facts)
    if change.incident.channel_id:
        # Topic and card, which are edited in place, notify nobody.
        text = wording.reopened_by(mention(change.by), one_line(reason, rules.REASON_SHOWN))
        key = f"reopened:{entry_number}"
        outbox.post(change.session, key, change.incident.channel_id, text, change.now, incident_id=change.number)


def _objections(services: Services, session: Session, number: int, action: str) -> list[Objection]:
    guards = services.get(Registry).guards
    return [objection for guard in guards for objection in guard.objections(session, number, action)]


def _waive_objections(change: Change, action: str, waiver: str) -> None:
    """Waive the objections, for a reason; without one, refuse the action."""
    for guard in change.services.get(Registry).guards:
        objections = guard.objections(change.session, change.number, action)
        if not objections:
            continue
        if not waiver or not all(objection.can_be_waived for objection in objections):
            raise guard.refusal(action, objections)
        guard.waive(change, action, waiver)


def objection_texts(services: Services, number: int, action: str) -> Sequence[str]:
    """What must be done before `resolve` or `close`; empty for `reopen` and `decline`."""
    if action in ("reopen", "decline"):
        return []
    with services.database.reading() as session:
        return [objection.text for objection in _objections(services, session, number, action)]


class LifecycleForm(Struct, frozen=True):
    """A form that ends an incident, or reopens it."""

    callback_id: str
    title: str
    question: str
    # Refuses a number and a status before the form opens; the action does so again.
    check: Callable[[int, str], None]
    # Updates quote the reason, so a command without one opens the form.
    is_reason_required: bool = False

    @property
    def action(self) -> str:
        """The action as guards know it."""
        return self.title.lower()


RESOLVE = LifecycleForm(ids.RESOLVE_FORM, "Resolve", wording.RESOLVE_QUESTION, rules.check_may_resolve, True)
CLOSE = LifecycleForm(ids.CLOSE_FORM, "Close", "Anything to add?", rules.check_may_close)
DECLINE = LifecycleForm(ids.DECLINE_FORM, "Decline", wording.DECLINE_QUESTION, rules.check_may_change, True)
REOPEN = LifecycleForm(ids.REOPEN_FORM, "Reopen", wording.REOPEN_QUESTION, rules.check_may_reopen, True)


def form_view(services: Services, form: LifecycleForm, number: int, by: str, reason: str = "") -> Block:
    """Return the form, with the reason that was typed and a list of what is still to be done."""
    incident = visible_incident(services, number, by, "close")
    form.check(incident.number, incident.status)
    required = objection_texts(services, incident.number, form.action)
    return forms.lifecycle_form(incident, form.callback_id, form.title, form.question, required, reason)


def form_view_if_incomplete(
    services: Services, form: LifecycleForm, number: int, by: str, reason: str
) -> Block | None:
    """Return the form if a required reason is missing, or if something is still to be done and the reason for going
    on without it is; None if nothing is missing."""
    is_complete = bool(reason) or not form.is_reason_required
    if is_complete and not objection_texts(services, number, form.action):
        return None
    return form_view(services, form, number, by, reason)
