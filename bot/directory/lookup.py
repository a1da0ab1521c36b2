"""Looks up people, groups and channels in the database first, then in Slack."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import chain, islice

from msgspec.structs import replace
from sqlmodel import Session

from bot.directory import tables
from bot.directory.cache import PeopleCache
from bot.directory.departures import Departures
from bot.directory.rules import Home, PersonFacts, person_from_slack
from bot.errors import TryLater
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused

log = logging.getLogger(__name__)

PAGES_OF_PEOPLE = 20
# In a workspace with more people than those pages hold, this many members of the floor's groups are looked up at
# once; the others follow with the next refresh.
MEMBERS_AT_ONCE = 50
# The languages the bot speaks besides English, whatever the floor's language is.
SPOKEN = ("es",)


def person_of(services: Services, user_id: str) -> PersonFacts:
    """Return the person, asking Slack only for an unknown one."""

    def read_person(user_id: str) -> PersonFacts | None:
        with services.database.reading() as session:
            return tables.person(session, user_id)

    return services.get(PeopleCache).find(user_id, read_person) or _fetch_person(services, user_id)


def _fetch_person(services: Services, user_id: str) -> PersonFacts:
    person = person_from_slack(services.slack.person(user_id), home(services))
    remember(services, [person], utcnow())
    return person


def home(services: Services) -> Home:
    """The workspaces whose people are colleagues: the token's own, its organization's and the configured ones."""
    slack = services.slack
    return Home(frozenset({slack.team_id(), *slack.other_team_ids}), slack.enterprise_id())


def remember(services: Services, people: Iterable[PersonFacts], now: datetime) -> list[str]:
    """Store what Slack says about people; return the ids of those gone since they were last stored.

    What may not wait an instant after a departure is done in the same transaction.

    Accounts that were deactivated before they were ever known are ignored.
    """
    people = list(people)
    with services.database.transaction() as session:
        people_before = {person.id: person for person in tables.people(session, [person.id for person in people])}
        # Slack gives the locale when asked for it, but not always in an event.
        people = [
            replace(facts, locale=people_before[facts.id].locale)
            if facts.id in people_before and not facts.locale
            else facts
            for facts in people
        ]
        known_or_active = (facts for facts in people if not facts.is_gone or facts.id in people_before)
        tables.save_people(session, [facts for facts in known_or_active if facts != people_before.get(facts.id)])
        gone_ids = [
            facts.id
            for facts in people
            if facts.is_gone and facts.id in people_before and not people_before[facts.id].is_gone
        ]
        for user_id in gone_ids:
            services.get(Departures).record(session, services, user_id, now)
    services.get(PeopleCache).clear()
    return gone_ids


def display_names(services: Services, user_ids: Collection[str]) -> dict[str, str]:
    """The names of those people who are known."""
    if not user_ids:
        return {}
    with services.database.reading() as session:
        return tables.display_names(session, user_ids)


def resolve_people(services: Services, names: Iterable[str]) -> list[str]:
    """The ids of everyone in those groups (`@handle`) or named by id, each once, in order."""
    user_ids: dict[str, None] = {}
    for name in names:
        for user_id in _group_members(services, name.removeprefix("@")) if name.startswith("@") else [name]:
            user_ids[user_id] = None
    return list(user_ids)


def known_people(services: Services, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The ids of everyone known without asking Slack, each once; and the groups that are not known."""
    user_ids: dict[str, None] = {}
    unknown_groups: list[str] = []
    with services.database.reading() as session:
        for name in names:
            members = tables.group_members(session, name.removeprefix("@")) if name.startswith("@") else [name]
            if members is None:
                unknown_groups.append(name)
            user_ids |= dict.fromkeys(members or ())
    return list(user_ids), unknown_groups


def _group_members(services: Services, handle: str) -> list[str]:
    with services.database.reading() as session:
        member_ids = tables.group_members(session, handle)
    if member_ids is None:
        refresh_groups(services)
        with services.database.reading() as session:
            member_ids = tables.group_members(session, handle)
    return member_ids or []


def channel_id(services: Services, name: str) -> str:
    """Return a channel's id by its name, joining it if needed; raises `SlackRefused` if the bot cannot."""
    name = name.removeprefix("#")
    with services.database.reading() as session:
        known_id = tables.channel_id(session, name)
    if known_id is None:
        known_id = services.slack.join_by_name(name)
        with services.database.transaction() as session:
            tables.save_channel(session, name, known_id)
    return known_id


def refresh(services: Services) -> None:
    """Load people, groups and channels from Slack before they are needed. Failures are retried later."""
    for load in (refresh_identity, refresh_groups, refresh_channels, refresh_people, refresh_members):
        try:
            load(services)
        except (SlackRefused, TryLater) as failure:
            log.warning(
                "the directory was not refreshed from Slack", extra={"part": load.__name__, "reason": str(failure)}
            )


def refresh_identity(services: Services) -> None:
    """Load the bot's own ids and its workspace."""
    services.slack.user_id()


def refresh_groups(services: Services) -> None:
    """Load the members of the groups that `floor.yaml` names."""
    groups_by_handle = {group["handle"]: group for group in services.slack.groups()}
    groups = [tables.group_from_slack(handle, groups_by_handle.get(handle, {})) for handle in services.floor.groups]
    with services.database.transaction() as session:
        tables.save_groups(session, groups)


def is_known_channel(services: Services, channel_id: str) -> bool:
    """True if the channel was found by a name in `floor.yaml`."""
    with services.database.reading() as session:
        return channel_id in tables.known_channels(session).values()


def forget_channel(services: Services, channel_id: str) -> None:
    """Forget a lost channel that was found by its name; the name is looked up again when it is needed."""
    with services.database.transaction() as session:
        tables.forget_channel(session, channel_id)


def refresh_channels(services: Services) -> None:
    """Load the ids of the channels in `floor.yaml`; the bot joins those it is not in.

    Known ids are compared, because a channel may have been archived and recreated under the same name.
    """
    joined_ids = services.slack.joined_channels()
    configured_names = channel_names(services)
    with services.database.transaction() as session:
        known_ids = tables.known_channels(session)
        for name, known_id in known_ids.items():
            if joined_ids.get(name, known_id) != known_id:
                tables.save_channel(session, name, joined_ids[name])
            elif known_id not in joined_ids.values():
                tables.forget_channel(session, known_id)
        for name in sorted((configured_names & joined_ids.keys()) - known_ids.keys()):
            tables.save_channel(session, name, joined_ids[name])
    still_known = {name for name, known_id in known_ids.items() if known_id in joined_ids.values()}
    for name in sorted(f"#{name}" for name in configured_names - still_known - joined_ids.keys()):
        try:
            channel_id(services, name)
        except SlackRefused as refused:
            log.warning("a channel of floor.yaml is not there", extra={"channel": name, "reason": str(refused)})


def channel_names(services: Services) -> set[str]:
    """The names of every channel in `floor.yaml`."""
    audiences = services.floor.audiences.values()
    channels = {channel for audience in audiences for channel in audience.channels if channel.startswith("#")}
    channels |= {partner.channel for partner in services.floor.partners if partner.channel}
    channels |= {name for name in services.floor.cases.channels if name.startswith("#")}
    if services.floor.administrators_channel:
        channels.add(services.floor.administrators_channel)
    if services.floor.postmortems.channel:
        channels.add(services.floor.postmortems.channel)
    channels |= {name for report in services.floor.reports.sent for name in report.to if name.startswith("#")}
    if services.floor.shifts.channel:
        channels.add(services.floor.shifts.channel)
    return {name.removeprefix("#") for name in (services.floor.incidents_channel, *channels)}


def refresh_people(services: Services) -> None:
    """Load everyone in the workspace, so that a click need not wait for Slack to say who clicked."""
    for page in islice(services.slack.people(), PAGES_OF_PEOPLE):
        gone_ids = remember(services, [person_from_slack(user, home(services)) for user in page], utcnow())
        _announce_gone(services, gone_ids)


def refresh_members(services: Services) -> None:
    """Load the bot and the members of the floor's groups if the pages of a large workspace did not reach them."""
    with services.database.reading() as session:
        groups = [tables.group_members(session, handle) or [] for handle in services.floor.groups]
        member_ids = list(dict.fromkeys([services.slack.user_id(), *chain.from_iterable(groups)]))
        known_ids = {person.id for person in tables.people(session, member_ids)}
    unknown_ids = [user_id for user_id in member_ids if user_id not in known_ids]
    for user_id in unknown_ids[:MEMBERS_AT_ONCE]:
        person_of(services, user_id)


def person_changed(services: Services, user: dict[str, object]) -> None:
    """Store a person who changed or joined, and announce a departure."""
    _announce_gone(services, remember(services, [person_from_slack(user, home(services))], utcnow()))


def _announce_gone(services: Services, user_ids: Iterable[str]) -> None:
    for user_id in user_ids:
        services.get(Departures).announce(services, user_id)


def language_of(session: Session, services: Services, reader_id: str) -> str:
    """The language of a person, by id; for a channel, the floor's."""
    person = tables.person(session, reader_id) if reader_id.startswith(("U", "W")) else None
    return person.language if person and person.language in SPOKEN else services.floor.language


def language_of_reader(services: Services, reader_id: str) -> str:
    """The same, outside a transaction."""
    with services.database.reading() as session:
        return language_of(session, services, reader_id)
