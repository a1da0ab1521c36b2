"""`/incident cadence`, `pause`, `resume` and `updates`: the pace of updates, and the record of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.config import floor
from bot.directory import tables as directory
from bot.errors import WatchfloorError
from bot.incidents import audiences as known_audiences
from bot.incidents import rules
from bot.incidents.access import incident as visible_incident
from bot.incidents.change import changing
from bot.incidents.rules import quoted
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import escape
from bot.updates import copies, forms, pacing, pauses, record_views, tables, wording
from bot.updates import scheduling as promising
from bot.updates.record_views import Audience

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=1)
EVERY = "every "


class NoSuchPace(WatchfloorError):
    """`{given}` is not a pace. Write it like `/incident cadence 20 min`, `/incident cadence executives 1 h` or
    `/incident cadence usual`; from 5 minutes to a day."""


class NoSuchAudience(WatchfloorError):
    """`{given}` is not an audience of this incident. There are {known}."""


class PausedAlready(WatchfloorError):
    """Updates are paused since {who} said: {reason}. `/incident resume` lets them go on."""


class NotPaused(WatchfloorError):
    """Updates are not paused. `/incident updates` shows when the next ones come."""


class ReasonMissing(WatchfloorError):
    """Please say why, such as `/incident pause the carrier works until 6`."""


def set_cadence(services: Services, number: int, words: str, by: str, now: datetime) -> str:
    """`[audience] length` or `[audience] usual`. Gives back what to answer."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        only, cadence = _read(services, change.incident, words)
        if cadence is None:
            paced = pacing.usual_cadence(change, only)
        else:
            paced = pacing.set_cadence(change, cadence, only)
        titles = ", ".join(known_audiences.title(services, name) for name in dict.fromkeys(paced))
        if not paced:
            return (
                "Nobody is told by the clock at this severity, so nothing was changed. Name an audience to begin."
            )
        pace = f"every {wording.pace(cadence)}" if cadence else "as usual"
        change.log("update_pace", audience=titles, new=pace)
        copies.follow(change, dict.fromkeys(paced))
    told = f"come every {wording.pace(cadence)}" if cadence else "follow their own pace"
    return f"{escape(titles)}: updates {told} now."


def _read(services: Services, incident: Incident, words: str) -> tuple[str | None, timedelta | None]:
    """An audience (None is everybody) and a length (None is the usual) from what was typed."""
    given = words.strip()
    known = known_audiences.audiences(services, incident)
    first, _, rest = given.partition(" ")
    only = None
    if not first[:1].isdigit() and first.lower() not in (forms.USUAL, EVERY.strip()):
        only = _audience(known, first)
        given = rest.strip()
    given = given.removeprefix(EVERY).strip()
    if given.lower() == forms.USUAL:
        return only, None
    try:
        length = floor.read_duration(given)
    except ValueError:
        raise NoSuchPace(given=quoted(given or words)) from None
    if not SHORTEST <= length <= LONGEST:
        raise NoSuchPace(given=quoted(given))
    return only, length


def _audience(known: Mapping[str, floor.Audience], given: str) -> str | None:
    wanted = given.casefold()
    if wanted in ("all", forms.EVERYBODY):
        return None
    for name, audience in known.items():
        if wanted in (name.casefold(), audience.title.casefold()):
            return name
    near = [name for name in known if name.casefold().startswith(wanted)]
    if len(near) != 1:
        raise NoSuchAudience(given=quoted(given), known=", ".join(known))
    return near[0]


def audience_named(known: Mapping[str, floor.Audience], given: str) -> str:
    """One of the floor's audiences, by its name, its title or how it begins; `NoSuchAudience` when it is none."""
    named = _audience(known, given.strip()) if given.strip() else None
    if named is None:
        raise NoSuchAudience(given=quoted(given), known=", ".join(known))
    return named


def pause(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """Nothing is sent by the clock until somebody says so, and every audience can read that."""
    if not reason.strip():
        raise ReasonMissing()
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if found := pauses.current(change.session, number):
            who = directory.names(change.session, [found.by]).get(found.by, "somebody")
            raise PausedAlready(who=escape(who), reason=escape(found.reason))
        pacing.pause(change, reason.strip())
        change.log("updates_paused", reason=reason.strip())
        copies.follow(change, known_audiences.audiences(services, change.incident))
    return "Updates are paused; the last one of each audience says so. `/incident resume` lets them go on."


def resume(services: Services, number: int, by: str, now: datetime) -> str:
    """Updates go on."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if pauses.current(change.session, number) is None:
            raise NotPaused()
        pacing.resume(change)
        change.log("updates_resumed")
        copies.follow(change, known_audiences.audiences(services, change.incident))
    return "Updates go on; `/incident updates` shows when the next ones come."


def show(services: Services, number: int, by: str) -> tuple[str, list[Block]]:
    """What is promised to whom, and how promises were kept."""
    incident = visible_incident(services, number, by)
    with services.store.reading() as session:
        return record_views.record_screen(_told(services, incident), _facts(session, number), utcnow())


def _told(services: Services, incident: Incident) -> list[Audience]:
    now = utcnow()
    return [
        Audience(name, audience.title, promising.rhythm_of(services, incident, name, now))
        for name, audience in known_audiences.audiences(services, incident).items()
    ]


def _facts(session: Session, number: int) -> record_views.Facts:
    promises = tables.of_incident(session, number)
    people = {
        who for promise in promises for who in (promise.requested_by, promise.chosen_by, promise.approved_by) if who
    }
    pause = pauses.current(session, number)
    names = directory.names(session, {*people, *([pause.by] if pause else [])})
    return record_views.Facts(number, promises, pause, lambda who: escape(names.get(who or "", "somebody")))
