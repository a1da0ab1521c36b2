"""Updates composed by hand: the prefilled form, and its submission in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from bot.config.floor import Audience
from bot.errors import WatchfloorError
from bot.incidents import audiences as known_audiences
from bot.incidents import lifecycle, rules, severity_actions
from bot.incidents.access import incident_form
from bot.incidents.change import Change, changing
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import escape
from bot.updates import composition, forms, promise_actions, reach, tables, wording
from bot.updates.promise_actions import RequestedUpdate
from bot.updates.sending import start_due


class NobodyChosen(WatchfloorError):
    """Please choose at least one audience; `floor.yaml` names them."""


class TextMissing(WatchfloorError):
    """Please write what {audience} should read after the colon."""


class SeverityReasonMissing(WatchfloorError):
    """Please say why the severity goes from {old} to {new}, such as half the calls are lost now. It goes into the
    record."""


class ComposedUpdate(Struct, frozen=True):
    """The values entered in the form."""

    audiences: list[str] = field(default_factory=list)
    text: str = ""
    severity: str = ""
    status: str = ""
    reason: str = ""
    next_in: timedelta | None = None


def form(services: Services, number: int, by: str, now: datetime, message_text: str = "") -> Block:
    """Return the form for a user who may act, with the text that they typed."""
    return incident_form(services, number, by, lambda incident: _prefilled_form(services, incident, message_text))


def names_an_audience(services: Services, typed_text: str) -> bool:
    """True if the text begins with an audience without a colon: who is to read it must be asked."""
    return _audience_named_first(services.floor.audiences, typed_text) is not None


def _prefilled_form(services: Services, incident: Incident, message_text: str) -> Block:
    audiences = known_audiences.audiences_of(services, incident)
    named_audience = _audience_named_first(audiences, message_text)
    usual_audiences = [
        name
        for name, audience in audiences.items()
        if audience.usual_cadence(incident.severity) not in promise_actions.AT_THE_END
    ]
    preselected = [named_audience] if named_audience else usual_audiences
    return forms.compose_form(incident, services.floor, audiences, preselected, message_text)


def _audience_named_first(audiences: Mapping[str, Audience], typed_text: str) -> str | None:
    """The audience whose name or title the text begins with, without a colon."""
    folded_text = typed_text.casefold()
    for name, audience in audiences.items():
        if folded_text.startswith((f"{name.casefold()} ", f"{audience.title.casefold()} ")):
            return name
    return None


def send_composed(
    services: Services, number: int, composed: ComposedUpdate, key: str, by: str, now: datetime
) -> str:
    """Apply changes of severity and status, and send the update to each chosen audience; idempotent by `key`."""
    occasion = f"manual:{key}"
    with changing(services, number, by, now) as change:
        session, incident = change.session, change.incident
        rules.check_may_change(number, incident.status)
        if tables.was_requested(session, number, occasion):
            return wording.ON_ITS_WAY
        audiences = known_audiences.audiences_of(services, incident)
        names = [name for name in composed.audiences if name in audiences]
        if not names:
            raise NobodyChosen()
        _apply_changes(change, composed)
        next_due_at = now + composed.next_in if composed.next_in else None
        request = RequestedUpdate(occasion, by, composed.text, next_due_at)
        promise_actions.send_now_to_all(change, request, names)
        waiting_titles = _titles_to_approve(change, names)
        left_out_note = composition.left_out_note(session, services, composed.text, names)
        untold_note = _untold_note(change, names)
    start_due(services, now)
    return _answer_text(services, names, waiting_titles) + left_out_note + untold_note


def _apply_changes(change: Change, composed: ComposedUpdate) -> None:
    if composed.severity and composed.severity != change.incident.severity:
        # Like the severity's own form; a status may be set without a reason.
        if not composed.reason:
            raise SeverityReasonMissing(old=change.incident.severity, new=composed.severity)
        severity_actions.set_severity(change, composed.severity, composed.reason)
    if composed.status and composed.status != change.incident.status:
        lifecycle.set_status(change, composed.status, composed.reason)


def send_text_now(services: Services, number: int, message_text: str, key: str, by: str, now: datetime) -> str:
    """Send the user's text to every audience now, or to the one named in front of a colon; the next update is
    counted from now."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if tables.was_requested(change.session, number, f"manual:{key}"):
            return wording.ON_ITS_WAY
        only, message_text = _addressed(services, change.incident, message_text)
        names = promise_actions.send_now_to_all(change, RequestedUpdate(f"manual:{key}", by, message_text), only)
        waiting_titles = _titles_to_approve(change, names)
        left_out_note = composition.left_out_note(change.session, services, message_text, names)
        untold_note = _untold_note(change, names)
    start_due(services, now)
    if not names:
        return wording.NO_AUDIENCE_INFORMED.format(severity=change.incident.severity)
    return _answer_text(services, names, waiting_titles) + left_out_note + untold_note


def _addressed(services: Services, incident: Incident, typed_text: str) -> tuple[list[str] | None, str]:
    """The audience in front of a colon, such as `executives: …`, and the text for it; None without one.

    Sent to everybody, the words for one audience would be read by all others, partners among them.
    """
    typed_name, colon, rest_of_text = typed_text.partition(":")
    for name, audience in known_audiences.audiences_of(services, incident).items():
        if colon and typed_name.strip().casefold() in (name.casefold(), audience.title.casefold()):
            if not rest_of_text.strip():
                raise TextMissing(audience=escape(audience.title))
            return [name], rest_of_text.strip()
    return None, typed_text


def _titles_to_approve(change: Change, names: Sequence[str]) -> list[str]:
    """The titles of those of the audiences whose update waits for approval."""
    waiting_promises = tables.waiting(change.session, change.number)
    waiting_names = {promise.audience for promise in waiting_promises if promise.needs_approval}
    return [known_audiences.audience_title(change.services, name) for name in names if name in waiting_names]


def _untold_note(change: Change, names: Sequence[str]) -> str:
    untold = reach.partners_untold(change.session, change.services, change.incident, names)
    return f" {wording.partners_untold(untold)}" if untold else ""


def _answer_text(services: Services, names: Sequence[str], waiting_titles: Sequence[str]) -> str:
    titles = [known_audiences.audience_title(services, name) for name in names]
    sent_titles = [title for title in titles if title not in waiting_titles]
    answer = wording.on_its_way_to([escape(title) for title in sent_titles]) if sent_titles else wording.ON_ITS_WAY
    return (
        wording.WAITS_FOR_APPROVAL.format(answer=answer, titles=", ".join(waiting_titles))
        if waiting_titles
        else answer
    )
