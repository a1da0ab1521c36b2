"""`/incident oncall`: who is on duty now or later, the reader's shifts, gaps, and what was imported."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import directory
from bot.config.floor import Floor
from bot.directory.lookup import person_of
from bot.errors import WatchfloorError
from bot.incidents import parse
from bot.incidents.permissions import check_member, reading_as
from bot.incidents.rules import quoted
from bot.services import Services
from bot.shifts import (
    absence_tables,
    availability,
    contact,
    forms,
    open_time_tables,
    open_time_views,
    roster_views,
    tables,
    views,
)
from bot.shifts.wording import translator_for
from bot.slack.blocks import Block, Message
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


class NoRoles(WatchfloorError):
    """floor.yaml names no roles of shifts yet (`shifts: roles`). Ask the administrator to add them."""

    es = "floor.yaml aún no nombra funciones de turnos (`shifts: roles`). Pide a la administración que las añada."


def oncall(services: Services, typed: str, by: str, now: datetime) -> Message:
    """Answer `/incident oncall` with the list that was asked for."""
    check_member(services, by)
    list_name, page = parse.word_and_page(typed.strip().casefold())
    if list_name in MINE:
        return own(services, by, now, page)
    if list_name in OPEN:
        return gaps(services, by, now, page)
    if list_name in ROSTERS:
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
        current_shifts = tables.on_at(session, at, role, region)
        next_on = contact.next_on(session, at, role, region, most=6)
        translate = translator_for(session, services, by)
    return views.oncall_message(floor, translate, current_shifts, next_on, at, now, " ".join(typed.split()))


def read_place(typed: str, floor: Floor, regions: set[str]) -> tuple[str, str]:
    """`gqm EMEA` as role and region, either of them or neither; a role's title will do."""
    remaining_text = " ".join(typed.split())
    if not remaining_text:
        return "", ""
    names = {name: name for name in floor.shifts.roles}
    names |= {title.casefold(): name for name, title in floor.shifts.roles.items()}
    known_regions = {region.casefold(): region for region in regions}
    role = ""
    for name in sorted(names, key=len, reverse=True):
        if re.search(rf"(?:^|\s){re.escape(name)}(?:\s|$)", remaining_text.casefold()):
            role, position = names[name], remaining_text.casefold().index(name)
            remaining_text = f"{remaining_text[:position]} {remaining_text[position + len(name) :]}".strip()
            break
    if not remaining_text:
        return role, ""
    if remaining_text.casefold() in known_regions:
        return role, known_regions[remaining_text.casefold()]
    if not (floor.shifts.roles or regions):
        raise NoRoles()
    raise NobodyCalled(given=quoted(remaining_text), known=", ".join([*floor.shifts.roles, *sorted(regions)]))


def read_at(typed: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Parse a time typed in the user's time zone; without a day, the next such time, or one up to an hour ago."""
    typed_time = re.sub(r"(\d) ([ap]\.?m)", r"\1\2", " ".join(typed.split()).casefold())
    local = now.astimezone(zone)
    day_name, _, clock_text = typed_time.rpartition(" ")
    try:
        if not day_name and re.fullmatch(r"\d{1,2}", typed_time):
            clock_text = f"{typed_time}:00"
        if re.match(r"\d{4}-\d{2}-\d{2}|\d{1,2}/", typed_time):
            start = read_start(typed_time.split()[0], typed_time.partition(" ")[2], day_first=True).at
        else:
            day = _day(day_name, local)
            start = datetime.combine(day.date(), read_time(clock_text or typed_time))
            if not day_name and start < local.replace(tzinfo=None) - timedelta(hours=1):
                start += timedelta(days=1)
        return datetime.fromtimestamp(Clock(zone).moment(start, ""), tz=now.tzinfo)
    except NotReadable:
        raise NotATime(given=quoted(typed)) from None


def _day(day_name: str, local: datetime) -> datetime:
    if day_name in ("", "today"):
        return local
    if day_name == "tomorrow":
        return local + timedelta(days=1)
    weekdays = [number for number, name in enumerate(WEEKDAYS) if len(day_name) > 2 and name.startswith(day_name)]
    if not weekdays:
        raise NotReadable(day_name)
    return local + timedelta(days=(weekdays[0] - local.weekday()) % 7)


def own(services: Services, by: str, now: datetime, page: int = 1) -> Message:
    """A person's shifts and absences of the next four weeks."""
    with services.database.reading() as session:
        shifts = tables.of_person(session, by, now, now + OWN_AHEAD)
        absences = [each for each in absence_tables.between(session, now, now + OWN_AHEAD) if each.user_id == by]
        translate = translator_for(session, services, by)
    return views.own_shifts(services.floor, translate, shifts, absences, now, page)


def gaps(services: Services, by: str, now: datetime, page: int = 1) -> Message:
    """The open times ahead."""
    with services.database.reading() as session:
        open_times = [each for each in open_time_tables.all_open(session) if each.ends_at > now]
        merged = {each.number: open_time_tables.answers_merged_into(session, each) for each in open_times}
        missing = {each.number: availability.find_missing(session, each) for each in open_times}
        translate = translator_for(session, services, by)
    return open_time_views.gaps_message(open_times, merged, missing, services.floor, translate, now, page, by)


def rosters(services: Services, by: str, now: datetime, page: int = 1) -> Message:
    """The last reading of each roster."""
    with services.database.reading() as session:
        translate = translator_for(session, services, by)
        unknown = tables.unknown_people(session, now)
        return roster_views.rosters_message(tables.roster_states(session), unknown, translate, now, page)


def swap_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form to swap a shift, offering the shifts of colleagues in the same role."""
    with reading_as(services, by) as session:
        shift = tables.get(session, number)
        coming_shifts = tables.between(session, now, now + OWN_AHEAD)
        other_shifts = [
            coming_shift
            for coming_shift in coming_shifts
            if coming_shift.role == shift.role
            and coming_shift.user_id not in (by, None)
            and coming_shift.starts_at > now
        ]
        names = directory.display_names(
            session, {coming_shift.user_id for coming_shift in other_shifts if coming_shift.user_id}
        )
        translate = translator_for(session, services, by)
    zone = zone_of(person_of(services, by).timezone)
    return forms.swap_form(shift, other_shifts, names, zone, services.floor, translate)
