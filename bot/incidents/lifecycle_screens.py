"""The forms that resolve, close, reopen or decline an incident, opened by a button or by a command."""

from collections.abc import Callable

from msgspec import Struct

from bot.incidents import forms, ids, lifecycle, rules, wording
from bot.incidents.access import visible_incident
from bot.services import Services
from bot.slack.blocks import Block


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


def view(services: Services, form: LifecycleForm, number: int, by: str, reason: str = "") -> Block:
    """Return the form, with the reason that was typed and a list of what is still to be done."""
    incident = visible_incident(services, number, by, "close")
    form.check(incident.number, incident.status)
    required = lifecycle.objection_texts(services, incident.number, form.action)
    return forms.lifecycle_form(incident, form.callback_id, form.title, form.question, required, reason)


def view_if_incomplete(services: Services, form: LifecycleForm, number: int, by: str, reason: str) -> Block | None:
    """Return the form if a required reason is missing, or if something is still to be done and the reason for going
    on without it is; None if nothing is missing."""
    is_complete = bool(reason) or not form.is_reason_required
    if is_complete and not lifecycle.objection_texts(services, number, form.action):
        return None
    return view(services, form, number, by, reason)
