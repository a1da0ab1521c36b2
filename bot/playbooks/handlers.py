"""Event handlers: playbooks follow the incident, and one that fits better is offered, never forced."""

from bot import outbox
from bot.incidents.change import Change
from bot.incidents.events import (
    CommandHandedOver,
    Reopened,
    RoleChanged,
    ScopeChanged,
    SeverityChanged,
    UpdateComposed,
)
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.playbooks import ids, runs, step_actions, tables, wording
from bot.playbooks.playbook import Playbook
from bot.playbooks.run_actions import facts_now, known_playbooks, matching_playbook
from bot.playbooks.tables import runs_of
from bot.slack.blocks import Element, actions, button, section
from bot.slack.text import escape


def offer_better_playbook(change: Change, event: SeverityChanged | ScopeChanged) -> None:
    """Update the facts of every running playbook, and offer once a playbook that fits better."""
    session, services, incident, now = change.session, change.services, change.incident, change.now
    runs.update_facts(session, incident.number, facts_now(change), now)
    name = matching_playbook(services, incident)
    # A playbook stopped by hand is not offered again: that was a decision.
    started_before = [run.playbook for run in runs_of(session, incident.number)]
    if name is None or name in started_before:
        return
    book = known_playbooks(services)[name]
    text = wording.FITS_BETTER.format(title=_quoted_title(book), summary=escape(book.summary))
    buttons = [
        _button("Start it too", ids.START, incident, name),
        _button("Switch to it", ids.SWITCH, incident, name),
    ]
    _offer(change, f"offer:{incident.number}:{name}", text, buttons)


def hand_over_steps(change: Change, event: CommandHandedOver) -> None:
    """Reassign the outgoing commander's open steps, and thus their reminders, to the incoming one."""
    tables.hand_over_steps(change.session, change.number, event.old, event.new)


def skip_update_steps(change: Change, event: UpdateComposed) -> None:
    """Skip steps meant to tell an audience once it has had its first update."""
    session, now = change.session, change.now
    running_runs = [run for run in runs_of(session, change.number) if run.is_running]
    if any(event.audience not in run.incident.told for run in running_runs):
        runs.update_facts(session, change.number, facts_now(change), now)
        outbox.mark_stale(session, change.number, (kinds.CARD, kinds.RUN))


def finish_role_steps(change: Change, event: RoleChanged) -> None:
    """Finish steps meant to fill a role: done by the person who fills it, or skipped while it is filled."""
    facts = facts_now(change)
    if event.holder and change.by:
        step_actions.complete_filled(change, event.role, facts.held)
    runs.update_facts(change.session, change.number, facts, change.now)


def offer_after_reopening(change: Change, event: Reopened) -> None:
    """Offer the matching playbook: runs ended with it, and people decide whether one is needed again."""
    session, services, incident, now = change.session, change.services, change.incident, change.now
    name = matching_playbook(services, incident)
    if name is None or any(run.is_running for run in runs_of(session, incident.number)):
        return
    title = _quoted_title(known_playbooks(services)[name])
    text = wording.STOPPED_BY_ENDING.format(title=title)
    buttons = [_button("Start it", ids.START, incident, name)]
    _offer(change, f"reopened:{incident.number}:{now.isoformat()}", text, buttons)


def _offer(change: Change, key: str, text: str, buttons: list[Element]) -> None:
    channel_id = change.incident.channel_id
    if channel_id is not None:
        blocks = [section(text), actions(buttons)]
        outbox.post(change.session, key, channel_id, text, change.now, incident_id=change.number, blocks=blocks)


def _quoted_title(book: Playbook) -> str:
    return f"“{escape(book.title)}”"


def _button(label: str, action_id: str, incident: Incident, name: str) -> Element:
    style = "primary" if action_id == ids.START else None
    return button(label, action_id, f"{incident.number}:{name}", style=style)
