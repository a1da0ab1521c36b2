"""`/incident cadence`, `pause`, `resume` and `updates`: the pace of updates, and the record of them."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import directory
from bot.config import floor
from bot.errors import WatchfloorError, require
from bot.incidents import audiences as known_audiences
from bot.incidents import rules
from bot.incidents.access import visible_incident
from bot.incidents.change import changing
from bot.incidents.rules import quoted
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Message
from bot.slack.text import escape
from bot.updates import cadence_actions, footers, forms, pauses, reach, record_views, scheduling, tables, wording
from bot.updates.record_views import AudienceRow

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=1)
EVERY = "every "
# What is typed as if a pause ended by itself.
LENGTH_ALONE = re.compile(
    r"(?:for\s+)?(?:\d{1,4}|an?|half an?)\s*(?:s|m|min|minutes?|mins|h|hrs?|hours?|d|days?)"
    r"|(?:until|till|to)\s+\d{1,2}(?:[:.]\d{2})?(?:\s*[ap]m)?",
    re.IGNORECASE,
)


class InvalidCadence(WatchfloorError):
    """`{given}` is not a pace. Write it like `/incident cadence 20 min`, `/incident cadence executives 1 h` or
    `/incident cadence usual`; from 5 minutes to a day."""


class UnknownAudience(WatchfloorError):
    """`{given}` is not an audience of this incident. Choose from {known}."""


class AlreadyPaused(WatchfloorError):
    """Updates are paused; {who} said: {reason}. `/incident resume` starts them again."""


class NotPaused(WatchfloorError):
    """Updates are not paused. `/incident updates` shows when the next ones come."""


class PauseReasonMissing(WatchfloorError):
    """Please say why, such as `/incident pause the carrier works until 6`."""


class PauseHasNoEnd(WatchfloorError):
    """A pause does not end by itself, so nothing was paused. Say why, such as `/incident pause the carrier works
    until 6`, and end it with `/incident resume`; or let updates come more rarely, with `/incident cadence 2 h`."""


def set_cadence(services: Services, number: int, typed_cadence: str, key: str, by: str, now: datetime) -> str:
    """Set the cadence typed as `[audience] length` or `… usual`, logged once per key. Return the answer."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        only_audience, cadence = _parse_cadence(services, change.incident, typed_cadence)
        if cadence is None:
            audiences_changed = cadence_actions.reset_cadence(change, only_audience)
        else:
            audiences_changed = cadence_actions.set_cadence(change, cadence, only_audience)
        titles = ", ".join(
            known_audiences.audience_title(services, name) for name in dict.fromkeys(audiences_changed)
        )
        if not audiences_changed:
            return wording.NO_SCHEDULED_AUDIENCE
        pace = f"every {wording.describe_cadence(cadence)}" if cadence else "as usual"
        change.log_once(f"pace:{key}", "update_pace", audience=titles, new=pace)
        footers.update_footers(change, dict.fromkeys(audiences_changed))
        is_paused = pauses.current(change.session, number) is not None
    outcome = f"come every {wording.describe_cadence(cadence)}" if cadence else "follow their own pace"
    return wording.pace_set(escape(titles), outcome, is_paused=is_paused)


def _parse_cadence(
    services: Services, incident: Incident, typed_cadence: str
) -> tuple[str | None, timedelta | None]:
    """Parse an audience (None: all) and a cadence (None: the usual one) from the typed text."""
    rest_of_text = typed_cadence.strip()
    audiences = known_audiences.audiences_of(services, incident)
    first_word, _, text_after_audience = rest_of_text.partition(" ")
    only_audience = None
    if not first_word[:1].isdigit() and first_word.lower() not in (forms.USUAL, EVERY.strip()):
        only_audience = _find_audience(audiences, first_word)
        rest_of_text = text_after_audience.strip()
    rest_of_text = rest_of_text.removeprefix(EVERY).strip()
    if rest_of_text.lower() == forms.USUAL:
        return only_audience, None
    try:
        length = floor.read_duration(rest_of_text)
    except ValueError:
        raise InvalidCadence(given=quoted(rest_of_text or typed_cadence)) from None
    if not SHORTEST <= length <= LONGEST:
        raise InvalidCadence(given=quoted(rest_of_text))
    return only_audience, length


def _find_audience(audiences: Mapping[str, floor.Audience], typed_audience: str) -> str | None:
    normalized = typed_audience.casefold()
    if normalized in ("all", forms.EVERYBODY):
        return None
    for name, audience in audiences.items():
        if normalized in (name.casefold(), audience.title.casefold()):
            return name
    nearest = [name for name in audiences if name.casefold().startswith(normalized)]
    if len(nearest) != 1:
        raise UnknownAudience(given=quoted(typed_audience), known=", ".join(audiences))
    return nearest[0]


def audience_named(audiences: Mapping[str, floor.Audience], typed_audience: str) -> str:
    """One of the known audiences, by its name, title or a unique prefix of its name. Raises `UnknownAudience`."""
    name = _find_audience(audiences, typed_audience.strip()) if typed_audience.strip() else None
    return require(name, UnknownAudience, given=quoted(typed_audience), known=", ".join(audiences))


def pause(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """Pause scheduled updates until they are resumed; the last update to each audience says so."""
    if not reason.strip():
        raise PauseReasonMissing()
    if LENGTH_ALONE.fullmatch(reason.strip()):
        raise PauseHasNoEnd()
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if current_pause := pauses.current(change.session, number):
            pauser = directory.display_names(change.session, [current_pause.by]).get(current_pause.by, "somebody")
            raise AlreadyPaused(who=escape(pauser), reason=escape(current_pause.reason))
        cadence_actions.pause(change, reason.strip())
        change.log("updates_paused", reason=reason.strip())
        footers.update_footers(change, known_audiences.audiences_of(services, change.incident))
    return wording.UPDATES_PAUSED


def resume(services: Services, number: int, by: str, now: datetime) -> str:
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        require(pauses.current(change.session, number), NotPaused)
        cadence_actions.resume(change)
        change.log("updates_resumed")
        footers.update_footers(change, known_audiences.audiences_of(services, change.incident))
    return wording.UPDATES_RESUMED


def updates_screen(services: Services, number: int, by: str) -> Message:
    """The record of promised updates, by audience, and of how promises were kept."""
    incident = visible_incident(services, number, by)
    with services.database.reading() as session:
        return record_views.record_screen(
            _audience_rows(services, incident), _record_facts(session, services, incident), utcnow()
        )


def _audience_rows(services: Services, incident: Incident) -> list[AudienceRow]:
    now = utcnow()
    return [
        AudienceRow(name, audience.title, scheduling.cadence_of(services, incident, name, now))
        for name, audience in known_audiences.audiences_of(services, incident).items()
    ]


def _record_facts(session: Session, services: Services, incident: Incident) -> record_views.Facts:
    number = incident.number
    promises = tables.of_incident(session, number)
    user_ids = {
        user_id
        for promise in promises
        for user_id in (promise.requested_by, promise.chosen_by, promise.approved_by)
        if user_id
    }
    pause = pauses.current(session, number)
    names = directory.display_names(session, {*user_ids, *([pause.by] if pause else [])})
    untold = reach.partners_untold(session, services, incident, known_audiences.audiences_of(services, incident))
    titles = {name: audience.title for name, audience in services.floor.audiences.items()}
    return record_views.Facts(
        number,
        promises,
        pause,
        lambda user_id: escape(names.get(user_id or "", "somebody")),
        titles,
        untold,
        is_over=incident.status not in rules.OPEN,
        is_closed=incident.status not in (*rules.OPEN, rules.Status.RESOLVED),
    )
