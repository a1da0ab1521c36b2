"""Reminders of overdue steps: first to the owner, then to the commander, then to the escalation ladder.

Each reminder is posted in the thread of the playbook's message; there are at most three per step. Reminders to one
recipient at the same time share one message. Nobody is mentioned again within 5 minutes, and the groups of the
ladder not within 15; reminders that fall due in between go into the next message.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from msgspec import Struct

from bot import directory, outbox
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.drills import may_page
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.playbooks import reminder_messages, reminder_views, reminders, rules, wording
from bot.playbooks.step_actions import log_step_change
from bot.playbooks.tables import PlaybookStep, due_reminders
from bot.services import Services
from bot.slack.blocks import MESSAGE_BLOCKS, context
from bot.slack.text import mentions

# Minimum time between mentions of a recipient about an incident's late steps; longer for whole groups.
QUIET, QUIET_OF_GROUPS = timedelta(minutes=5), timedelta(minutes=15)
# Separates the mention from the text.
ADDRESSED = ": "
# Each step takes at most two blocks, a line and its buttons; the mention takes one more.
STEPS_PER_MESSAGE = (MESSAGE_BLOCKS - 1) // 2


def remind_of_overdue_steps(services: Services, now: datetime) -> None:
    """Send every due reminder, each once, however many replicas tick."""
    with services.database.reading() as session:
        due_steps = due_reminders(session, now)
    for number, steps in groupby(sorted(due_steps, key=_sort_key), key=lambda step: step.incident_id):
        with services.database.transaction() as session:
            _remind(Change(session, services, incidents.by_number(session, number), "", now), list(steps))


def _sort_key(step: PlaybookStep) -> tuple[int, int, int]:
    return step.incident_id, step.run_id, step.position


def _remind(change: Change, due_steps: Iterable[PlaybookStep]) -> None:
    session, incident, now = change.session, change.incident, change.now
    targets = ReminderTargets(incident, incidents.roles(session, incident.number), _first_tier_mention(change))
    steps_to_remind = _without_steps_of_busy_people(change, due_steps, targets)
    claimed_steps = [
        step for step in steps_to_remind if reminders.claim_reminder(session, step.number, step.reminders_sent, now)
    ]
    if claimed_steps:
        change.mark_stale(kinds.CARD, kinds.RUN)
    if not incident.is_active or incident.channel_id is None:
        return
    steps_by_person: dict[tuple[int, str], dict[int, str]] = {}
    for step in claimed_steps:
        level, recipient, reason = targets.next_of(step)
        steps_by_person.setdefault((step.run_id, recipient), {})[step.number] = reason
        change.log("step_reminded", step=step.title, level=level)
    for (_, recipient), reasons in steps_by_person.items():
        steps = [step for step in claimed_steps if step.number in reasons]
        for start in range(0, len(steps), STEPS_PER_MESSAGE):
            _post_reminder(change, steps[start : start + STEPS_PER_MESSAGE], recipient, reasons)


def _without_steps_of_busy_people(
    change: Change, due_steps: Iterable[PlaybookStep], targets: "ReminderTargets"
) -> list[PlaybookStep]:
    """The steps to remind of now; the others are postponed until their recipient's quiet time is over."""
    steps_to_remind = []
    called_at = _last_calls(change)
    for step in due_steps:
        level, recipient, _ = targets.next_of(step)
        quiet = QUIET_OF_GROUPS if level == "ladder" else QUIET
        again_at = called_at[recipient] + quiet if recipient in called_at else change.now
        if again_at > change.now:
            reminders.postpone(change.session, step.number, step.reminders_sent, again_at)
        else:
            steps_to_remind.append(step)
    return steps_to_remind


def _last_calls(change: Change) -> dict[str, datetime]:
    """When each recipient was last mentioned; a message still on its way counts as now."""
    called_at: dict[str, datetime] = {}
    for row in outbox.posts_of(change.session, change.number, reminder_messages.KEY, ""):
        recipient = str((row.payload or {}).get("text", "")).partition(ADDRESSED)[0]
        at = row.attempted_at or change.now
        called_at[recipient] = max(at, called_at.get(recipient, at))
    return called_at


def _post_reminder(change: Change, steps: list[PlaybookStep], recipient: str, reasons: dict[int, str]) -> None:
    """Post one message in the run's thread, keyed by its first step, which is in no other message."""
    session, incident, now = change.session, change.incident, change.now
    first_step = steps[0]
    key = reminder_messages.key_of(first_step)
    for step in steps:
        step.reminders_sent += 1
    has_commander = bool(incidents.commander(session, incident.number))
    if has_commander or wording.YOURS in reasons.values():
        text, blocks = reminder_views.reminder_message(steps, now, reasons)
    else:
        text, blocks = reminder_views.leaderless_reminder(steps, incident.number, now)
    address = f"{recipient}{ADDRESSED}{wording.due_and_open(len(steps))}"
    message = outbox.find(session, incident.number, kinds.RUN, str(first_step.run_id))
    outbox.post(
        session,
        key,
        incident.channel_id or "",
        f"{address} {text}",
        now,
        incident_id=incident.number,
        thread_ts=message.ts if message else None,
        blocks=[context(address), *blocks],
    )


class ReminderTargets(Struct, frozen=True):
    """The recipients of reminders of an incident's late steps, and the reason for each."""

    incident: Incident
    roles: Mapping[str, Sequence[str]]
    ladder: str

    def next_of(self, step: PlaybookStep) -> tuple[str, str, str]:
        """The level, recipient and reason of the step's next reminder."""
        level = rules.reminder_level(step.reminders_sent) or "owner"
        return level, *self.target_of(step, level)

    def target_of(self, step: PlaybookStep, level: str) -> tuple[str, str]:
        """The recipient at this level, or one rung higher if it has nobody; and the reason."""
        owner = [step.owner_id] if step.owner_id else self.roles.get(step.owner_role, [])
        commander = self.roles.get("commander", [])
        if level == "owner" and owner:
            return mentions(owner), wording.YOURS
        if level == "owner" and commander:
            return mentions(commander), wording.NOBODY_HAS_IT
        if level == "commander" and commander:
            return mentions(commander), wording.REMINDED_ONCE
        why = wording.REMINDED_TWICE if level == "ladder" else wording.NO_COMMANDER
        return self.ladder or mentions(commander or [self.incident.declared_by]), why


def _first_tier_mention(change: Change) -> str:
    if not may_page(change.services, change.incident):
        return ""
    severity = change.services.floor.severity(change.incident.severity)
    # A late step does not call the higher tiers, which are for incidents that nobody leads.
    names = severity.ladder[0].tell if severity.ladder else severity.invite
    groups = [directory.group_id(change.session, name.removeprefix("@")) for name in names if name.startswith("@")]
    return ", ".join(f"<!subteam^{group}>" for group in groups if group)


def repeat_steps(services: Services, now: datetime) -> None:
    """Reopen repeated steps whose time has come."""
    with services.database.reading() as session:
        due_step_ids = reminders.steps_to_repeat(session, now)
    for step_id in due_step_ids:
        with services.database.transaction() as session:
            change = reminders.repeat(session, step_id, now)
            if change is None:
                continue
            log_step_change(session, change)
            outbox.mark_stale(session, change.incident_id, (kinds.CARD, kinds.RUN))
