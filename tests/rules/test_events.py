"""The effects of a change to an incident: the handlers of every event, in the order of their calls."""

import inspect

import pytest

from bot.bootstrap import build_registry
from bot.incidents import events
from bot.incidents.change import Change, run_after_commit
from bot.incidents.event_handlers import EventHandlers
from bot.incidents.events import Declared, Event, SituationChanged
from bot.incidents.tables import Incident
from tests.rules.test_update_templates import NOW, services

# Read it as a sentence: when this event happens, these handlers are called, from left to right, in one transaction.
HANDLERS = {
    "Declared": [
        "incidents.idle.schedule",
        "updates.handlers.begin",
        "escalation.ladder.begin",
        "partners.handlers.begin",
        "handovers.shift.accountability.follow_declared",
        "playbooks.run_actions.start_matching",
        "impact.watching.recheck_figures",
        "lockouts.actions.follow_declared",
        "cases.linking.link_declared",
        "alerts.actions.follow_declared",
        "webhooks.handlers.notify",
    ],
    "ChannelOpened": [
        "updates.handlers.send_first",
        "changes.actions.show_possible_causes",
        "alerts.actions.show_incident",
    ],
    "DeclaredAfterwards": ["incidents.idle.schedule"],
    "Withdrawn": [
        "updates.handlers.end_promises",
        "handovers.shift.accountability.follow_ended",
        "alerts.actions.propose_again",
    ],
    "SeverityChanged": [
        "incidents.idle.schedule",
        "updates.handlers.follow_severity",
        "escalation.ladder.follow_severity",
        "partners.handlers.follow_severity",
        "playbooks.handlers.offer_better_playbook",
        "webhooks.handlers.notify",
    ],
    "Renamed": ["webhooks.handlers.notify"],
    "ScopeChanged": [
        "partners.handlers.follow_scope",
        "playbooks.handlers.offer_better_playbook",
        "impact.watching.recheck_figures",
        "webhooks.handlers.notify",
    ],
    "MilestoneSet": ["impact.watching.recheck_figures"],
    "StatusChanged": [
        "updates.handlers.follow_status",
        "webhooks.handlers.notify",
    ],
    "Resolved": [
        "incidents.idle.schedule",
        "updates.handlers.send_last_update",
        "escalation.ladder.stop",
        "partners.handlers.give_all_clear",
        "handovers.shift.accountability.follow_ended",
        "cases.linking.note_end",
        "webhooks.handlers.notify",
    ],
    "Closed": [
        "updates.handlers.send_at_close",
        "escalation.ladder.stop",
        "handovers.shift.accountability.follow_ended",
        "handovers.actions.end_pending",
        "playbooks.run_actions.stop_all",
        "frontdoor.faults.end_open",
        "cases.guide_drafts.draft_missing_guide",
        "postmortems.request.follow_close",
        "webhooks.handlers.notify",
    ],
    "Declined": [
        "updates.handlers.say_false_alarm",
        "escalation.ladder.stop",
        "partners.handlers.say_false_alarm",
        "handovers.shift.accountability.follow_ended",
        "handovers.actions.end_pending",
        "playbooks.run_actions.stop_all",
        "frontdoor.faults.end_open",
        "cases.linking.note_end",
        "webhooks.handlers.notify",
    ],
    "Merged": [
        "updates.handlers.say_merged",
        "escalation.ladder.stop",
        "partners.handlers.say_merged",
        "partners.guidance_actions.take_over",
        "handovers.shift.accountability.follow_ended",
        "handovers.actions.end_pending",
        "playbooks.run_actions.stop_all",
        "subscriptions.actions.follow_merge",
        "frontdoor.actions.follow_merge",
        "frontdoor.faults.follow_merge",
        "cases.linking.follow_merge",
        "alerts.actions.follow_merge",
        "webhooks.handlers.notify",
    ],
    "MadePrivate": [
        "updates.handlers.withdraw_outside",
        "partners.handlers.follow_privacy",
        "handovers.shift.accountability.hide_words",
        "handovers.actions.hide_summary",
        "playbooks.proposals.hide_words",
        "subscriptions.copies.say_private",
        "followups.messages.hide_words",
        "lockouts.actions.hide_private",
        "cases.guide_drafts.withdraw_private",
        "cases.linking.hide_private",
        "postmortems.request.withdraw_published",
        "alerts.actions.show_incident",
        "webhooks.handlers.withhold",
    ],
    "Reopened": [
        "incidents.idle.schedule",
        "updates.handlers.promise_again",
        "escalation.ladder.reopen",
        "partners.handlers.reopen_notices",
        "handovers.shift.accountability.follow_reopened",
        "playbooks.facts.ask_again",
        "playbooks.handlers.offer_after_reopening",
        "postmortems.request.stop_reminders",
        "webhooks.handlers.notify",
    ],
    "SituationChanged": ["updates.handlers.follow_situation", "postmortems.request.offer_to_rewrite"],
    "BridgeChanged": [],
    "CommandHandedOver": ["playbooks.handlers.hand_over_steps"],
    "AnswerOverdue": ["escalation.escalate.page_for_answer"],
    "FrontDoorSet": ["frontdoor.actions.follow_playbook"],
    "HandoverUnaccepted": ["escalation.escalate.page_next_people"],
    "RoleChanged": [
        "updates.handlers.reassign_drafts",
        "escalation.ladder.follow_commander",
        "partners.guidance_actions.ask_lead",
        "handovers.actions.follow_role",
        "playbooks.handlers.finish_role_steps",
    ],
    "MembersChanged": [
        "updates.handlers.reassign_drafts",
        "escalation.page_answers.release_people_who_left",
        "postmortems.request.follow_members",
    ],
    "CadenceRequested": ["updates.handlers.set_cadence"],
    "UpdateRequested": ["updates.handlers.send_to_one"],
    "UpdateMissed": ["escalation.ladder.follow_missed_update"],
    "UpdateDue": ["partners.messages.post_updates"],
    "UpdateComposed": [
        "playbooks.handlers.skip_update_steps",
        "subscriptions.copies.post_copies",
        "cases.linking.copy_update",
    ],
    "UpdateAmended": ["partners.messages.edit_footers", "subscriptions.copies.edit_footers"],
}


def test_the_handlers_of_every_event_are_called_in_this_order() -> None:
    registry = build_registry()
    event_kinds = [kind for _, kind in inspect.getmembers(events, inspect.isclass) if issubclass(kind, Event)]

    actual = {
        kind.__name__: [
            f"{handler.__module__.removeprefix('bot.')}.{handler.__name__}"
            for handler in registry.event_handlers.of(kind)
        ]
        for kind in event_kinds
        if kind is not Event
    }

    print("\n".join(f"{event}: {' → '.join(handlers) or 'nobody'}" for event, handlers in actual.items()))
    assert actual == HANDLERS


def test_every_event_with_a_handler_can_be_published() -> None:
    event_kinds = {kind for _, kind in inspect.getmembers(events, inspect.isclass)}

    assert build_registry().event_handlers.by_event.keys() <= event_kinds


@pytest.fixture
def change() -> Change:
    """A change to an incident with nothing registered yet."""
    incident = Incident(id=1, declared_key="k", title="x", severity="S1", declared_by="U1", declared_at=NOW)
    without_handlers = services()
    without_handlers.parts[EventHandlers] = EventHandlers()  # a mapping that this test may write
    return Change(None, without_handlers, incident, "U1", NOW)  # type: ignore[arg-type]  # it touches no database


def test_handlers_are_called_in_the_order_they_were_registered_and_only_for_their_event(change: Change) -> None:
    called: list[str] = []
    handlers = change.services.get(EventHandlers)
    handlers.add(Declared, lambda change, event: called.append(f"first {change.number}"))
    handlers.add(SituationChanged, lambda change, event: called.append("another event"))
    handlers.add(Declared, lambda change, event: called.append("second"))

    change.publish(Declared())

    assert called == ["first 1", "second"]


def test_an_action_requested_twice_after_the_commit_is_done_once() -> None:
    done: list[str] = []

    class Session:
        info: dict[str, object] = {}  # noqa: RUF012  # the part of a session that this needs

    change = Change(Session(), services(), Incident(title="x"), "", NOW)  # type: ignore[arg-type, call-arg]
    change.after_commit("send", lambda: done.append("once"))
    change.after_commit("send", lambda: done.append("last"))
    assert done == [], "nothing is done before the commit"

    run_after_commit(dict(Session.info))

    assert done == ["last"]
