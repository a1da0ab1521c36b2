"""Finishing, skipping, taking, assigning, snoozing and undoing steps: one transaction per click."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace
from sqlmodel import Session

from bot import outbox
from bot.directory.lookup import person_of
from bot.directory.rules import GuestChosen
from bot.incidents import incidents, roles, rules
from bot.incidents.change import Change
from bot.incidents.permissions import changing_as, check_permission, reading_as
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.playbooks import reminder_messages, reminders, step_effects, steps, wording
from bot.playbooks.progress import open_steps
from bot.playbooks.rules import State
from bot.playbooks.step_effects import MessageToSend, StepEffects
from bot.playbooks.step_rows import StepRow, steps_of
from bot.playbooks.steps import LockedStep, StepChange
from bot.playbooks.tables import incident_of, release_steps, runs_of
from bot.services import Services
from bot.slack.text import escape
from bot.timeline import timeline

StepAction = Callable[[Session, LockedStep], StepChange]
FollowUp = Callable[[Change, StepChange], None]


def complete(
    services: Services,
    step_id: int,
    by: str,
    now: datetime,
    answers: dict[str, Any] | None = None,
    message_to_send: MessageToSend | None = None,
) -> str | None:
    """Mark a step done and apply its effects. Return the answer that describes them, if there are any.

    The step that asks for a commander makes the user commander, which completes it.
    """
    sentences: list[str] = []

    def finish(session: Session, locked_step: LockedStep) -> StepChange:
        steps.check_role_is_filled(locked_step)
        return steps.complete(session, locked_step, by, now, answers)

    def then(change: Change, step: StepChange) -> None:
        sentences.extend(StepEffects(change, step, message_to_send, answers or {}).apply())

    try:
        change = _change_step(services, step_id, by, now, finish, then)
    except steps.CommandIsFree:
        return _take_command(services, step_id, by, now)
    return (
        wording.STEP_DONE.format(number=change.incident_id, title=escape(change.title), effects=" ".join(sentences))
        if sentences
        else None
    )


def skip(services: Services, step_id: int, by: str, reason: str, now: datetime) -> None:
    _change_step(
        services, step_id, by, now, lambda session, locked_step: steps.skip(session, locked_step, by, reason, now)
    )


def take(services: Services, step_id: int, by: str, now: datetime) -> str | None:
    """Assign a step to the user, or make them commander if that is the step. Return the answer, if there is one."""
    try:
        _change_step(
            services, step_id, by, now, lambda session, locked_step: steps.take(session, locked_step, by, now)
        )
    except steps.CommandIsFree:
        return _take_command(services, step_id, by, now)
    return None


def _take_command(services: Services, step_id: int, by: str, now: datetime) -> str:
    with services.database.reading() as session:
        number = incident_of(session, step_id).number
    return roles.claim(services, number, steps.COMMANDER, by, now)


def complete_filled(change: Change, role: str, held_roles: Collection[str]) -> None:
    """Mark the steps done whose purpose was to fill this role, by the person who filled it."""
    for step in _steps_filling(change, role, held_roles):
        locked_step = steps.lock_step(change.session, step.number)
        finished = steps.complete(change.session, locked_step, change.by, change.now)
        # The role's own entry says the same: updates need not tell it twice.
        log_step_change(change.session, replace(finished, facts=finished.facts | {"filled": role}))
        reminder_messages.redraw(change.session, change.number, [locked_step.step], change.now)


def _steps_filling(change: Change, role: str, held_roles: Collection[str]) -> list[StepRow]:
    """The open steps without questions whose purpose is to fill this role, and is met by the roles held now."""
    return [
        step
        for run in runs_of(change.session, change.number)
        if run.is_running
        for step in open_steps(steps_of(change.session, run.number))
        if (skip_when := run.book.steps[step.step_key].skip_when)
        and role in skip_when.held
        and set(skip_when.held) <= set(held_roles)
        and not step.asks
    ]


def release_all(services: Services, user_id: str) -> None:
    """Return a deactivated user's open steps to the roles that the playbook names."""
    with services.database.transaction() as session:
        for number in sorted(release_steps(session, user_id)):
            outbox.mark_stale(session, number, (kinds.RUN,))


def assign(services: Services, step_id: int, to: str, by: str, now: datetime) -> None:
    """Assign a step to a person, and tell them."""
    if not person_of(services, to).may_act:
        raise GuestChosen()

    def act(session: Session, locked_step: LockedStep) -> StepChange:
        change = steps.assign(session, locked_step, to, by, now)
        step_effects.notify_owner(session, change, to)
        return change

    _change_step(services, step_id, by, now, act)


def undo(services: Services, step_id: int, by: str, now: datetime) -> str | None:
    """Open a finished step again. Return a note that its effects are not undone, if it had any."""
    change = _change_step(
        services, step_id, by, now, lambda session, locked_step: steps.undo(session, locked_step, by, now)
    )
    definition = change.definition
    has_effects = (
        definition.posts or definition.sets or definition.invites or any(ask.milestone for ask in definition.asks)
    )
    if change.facts["was"] != State.DONE or not has_effects:
        return None
    return wording.STEP_OPEN_AGAIN.format(title=escape(change.title))


def snooze(services: Services, step_id: int, by: str, minutes: int, now: datetime) -> str:
    """Snooze a step's reminders. Return the answer."""
    length = timedelta(minutes=minutes)
    change = _change_step(
        services,
        step_id,
        by,
        now,
        lambda session, locked_step: reminders.snooze(session, locked_step, by, length, now),
    )
    if not change.facts["is_reminded"]:
        return wording.REMINDERS_OVER.format(title=escape(change.title))
    return wording.SNOOZED.format(title=escape(change.title), minutes=minutes)


def _change_step(
    services: Services, step_id: int, by: str, now: datetime, action: StepAction, follow_up: FollowUp | None = None
) -> StepChange:
    """Run one click's transaction. It is the busiest path in a bad night: few queries, however many incidents."""
    with changing_as(services, by) as session:
        locked_step = steps.lock_step(session, step_id, partial(_check_may_work, services, session, by))
        change, incident = action(session, locked_step), locked_step.incident
        log_step_change(session, change)
        reminder_messages.redraw(session, incident.number, [locked_step.step], now)
        if follow_up:
            follow_up(Change(session, services, incident, change.by, change.at), change)
        outbox.mark_stale(session, incident.number, (kinds.CARD, kinds.RUN, kinds.DRAFT))
    return change


def check_may_work(services: Services, step_id: int, user_id: str) -> None:
    """Refuse before a form opens whatever would be refused on submission."""
    with reading_as(services, user_id) as session:
        _check_may_work(services, session, user_id, incident_of(session, step_id))


def _check_may_work(services: Services, session: Session, user_id: str, incident: Incident) -> None:
    incidents.check_visible(session, incident, user_id)
    check_permission(services, session, user_id, "steps", incident.number)
    rules.check_may_change(incident.number, incident.status)


def log_step_change(session: Session, change: StepChange) -> None:
    """Log a change of a step in the timeline: who, when, and the answers."""
    facts = {"step": change.title, **change.facts}
    if "owner_id" in facts:
        facts["user"] = facts.pop("owner_id")
    timeline.append(session, change.incident_id, change.kind, change.at, change.by, **facts)
