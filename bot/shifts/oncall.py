"""`/incident oncall`: who is on duty now or later, the reader's shifts, gaps, and what was imported."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import directory
from bot.config.floor import Floor
from bot.directory.lookup import person_of
from bot.errors import WatchfloorError
from bot.incidents import parse
from bot.incidents.permissions import check_member
from bot.incidents.rules import quoted
from bot.services import Services
from bot.shifts import contact, finding_tables, forms, open_time_views, people, roster_views, tables, views
from bot.shifts.views import Message
from bot.slack.blocks import Block
from bot.sources.tabular.cells import NotReadable
from bot.sources.tabular.moments import Clock, read_start, read_time
from bot.timeline.rules import zone_of

AT = re.compile(r"(?:^|\s)(?:at|on)\s+(\S.*)$", re.IGNORECASE)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINE, OPEN, ROSTERS = ("mine", "me"), ("gaps", "open"), ("rosters", "roster")
OWN_AHEAD = timedelta(days=28)


class NotATime(WatchfloorError):
    """{given} is not a time I can read. Write it like `14:00`, `tomorrow 08:00`, `friday 22:00` or
    `2026-11-27 08:00`."""

    es = (
        "No entiendo la hora {given}. Escríbela como `14:00`, `tomorrow 08:00`, `friday 22:00` o "
        "`2026-11-27 08:00`."
    )


class NobodyCalled(WatchfloorError):
    """{given} is neither a role nor a region of the roster. Choose from {known}."""

    es = "{given} no es ninguna función ni región del cuadrante. Elige entre {known}."


def oncall(services: Services, typed: str, by: str, now: datetime) -> Message:
    """Answer `/incident oncall` with the list that was asked for."""
    check_member(services, by)
    word, page = parse.word_and_page(typed.strip().casefold())
    if word in MINE:
        return own(services, by, now, page)
    if word in OPEN:
        return gaps(services, by, now, page)
    if word in ROSTERS:
        return rosters(services, by, now, page)
    match = AT.search(typed)
    at = read_at(match[1], zone_of(person_of(services, by).timezone), now) if match else now
    return who(services, typed[: match.start()] if match else typed, at, by, now)


def who(services: Services, typed: str, at: datetime, by: str, now: datetime) -> Message:
    """Who is on at a moment, in the role and region typed."""
    floor = services.floor
    with services.database.reading() as session:
        regions = {region for shift in tables.between(session, at, at + OWN_AHEAD) if (region := shift.region)}
        role, region = read_place(typed, floor, regions)
        on = tables.on_at(session, at, role, region)
        next_on = contact.next_on(session, at, role, region, most=6)
        translate = people.translator_for(session, services, by)
    return views.oncall_message(floor, translate, on, next_on, at, now, " ".join(typed.split()))


def read_place(typed: str, floor: Floor, regions: set[str]) -> tuple[str, str]:
    """`gqm EMEA` as role and region, either of them or neither; a role's title will do."""
    rest = " ".join(typed.split())
    if not rest:
        return "", ""
    names = {name: name for name in floor.shifts.roles}
    names |= {title.casefold(): name for name, title in floor.shifts.roles.items()}
    known_regions = {region.casefold(): region for region in regions}
    role = ""
    for name in sorted(names, key=len, reverse=True):
        if re.search(rf"(?:^|\s){re.escape(name)}(?:\s|$)", rest.casefold()):
            role, at = names[name], rest.casefold().index(name)
            rest = f"{rest[:at]} {rest[at + len(name) :]}".strip()
            break
    if not rest:
        return role, ""
    if rest.casefold() in known_regions:
        return role, known_regions[rest.casefold()]
    known = ", ".join([*floor.shifts.roles, *sorted(regions)]) or "none yet"
    raise NobodyCalled(given=quoted(rest), known=known)


def read_at(typed: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Parse a time typed in the user's time zone; without a day, the next such time, or one up to an hour ago."""
    words = re.sub(r"(\d) ([ap]\.?m)", r"\1\2", " ".join(typed.split()).casefold())
    local = now.astimezone(zone)
    day_word, _, clock = words.rpartition(" ")
    try:
        if not day_word and re.fullmatch(r"\d{1,2}", words):
            clock = f"{words}:00"
        if re.match(r"\d{4}-\d{2}-\d{2}|\d{1,2}/", words):
            start = read_start(words.split()[0], words.partition(" ")[2], day_first=True).at
        else:
            day = _day(day_word, local)
            start = datetime.combine(day.date(), read_time(clock or words))
            if not day_word and start < local.replace(tzinfo=None) - timedelta(hours=1):
                start += timedelta(days=1)
        return datetime.fromtimestamp(Clock(zone).moment(start, ""), tz=now.tzinfo)
    except NotReadable:
        raise NotATime(given=quoted(typed)) from None


def _day(word: str, local: datetime) -> datetime:
    if word in ("", "today"):
        return local
    if word == "tomorrow":
        return local + timedelta(days=1)
    matching = [number for number, name in enumerate(WEEKDAYS) if len(word) > 2 and name.startswith(word)]
    if not matching:
        raise NotReadable(word)
    return local + timedelta(days=(matching[0] - local.weekday()) % 7)


def own(services: Services, by: str, now: datetime, page: int = 1) -> Message:
    """A person's shifts and absences of the next four weeks."""
    with services.database.reading() as session:
        shifts = tables.of_person(session, by, now, now + OWN_AHEAD)
        absences = [each for each in tables.absences_between(session, now, now + OWN_AHEAD) if each.user_id == by]
        translate = people.translator_for(session, services, by)
    return views.own_shifts(services.floor, translate, shifts, absences, now, page)


def gaps(services: Services, by: str, now: datetime, page: int = 1) -> Message:
    """The open times ahead."""
    with services.database.reading() as session:
        open_times = [each for each in finding_tables.all_open(session) if each.ends_at > now]
        translate = people.translator_for(session, services, by)
    return open_time_views.gaps_message(open_times, services.floor, translate, now, page)


def rosters(services: Services, by: str, now: datetime, page: int = 1) -> Message:
    """The last reading of each roster."""
    with services.database.reading() as session:
        translate = people.translator_for(session, services, by)
        unknown = tables.unknown_people(session, now)
        return roster_views.rosters_message(tables.roster_states(session), unknown, translate, now, page)


def swap_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form to swap a shift, offering the shifts of colleagues in the same role."""
    check_member(services, by)
    with services.database.reading() as session:
        shift = tables.get(session, number)
        coming = tables.between(session, now, now + OWN_AHEAD)
        others = [
            each
            for each in coming
            if each.role == shift.role and each.user_id not in (by, None) and each.starts_at > now
        ]
        names = directory.display_names(session, {each.user_id for each in others if each.user_id})
        translate = people.translator_for(session, services, by)
    zone = zone_of(person_of(services, by).timezone)
    return forms.swap_form(shift, others, names, zone, services.floor, translate, now)
