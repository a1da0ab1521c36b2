"""Knowing people, groups and channels: from what was heard before, else by asking Slack."""

import logging
from collections.abc import Collection, Iterable
from itertools import islice

from bot.directory import tables
from bot.directory.cache import PeopleCache
from bot.directory.rules import Who, who_is
from bot.errors import TryLater
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused

log = logging.getLogger(__name__)

PAGES_OF_PEOPLE = 20


def who(services: Services, user_id: str) -> Who:
    """The person, asking Slack only for someone never heard of."""

    def read(user_id: str) -> Who | None:
        with services.store.reading() as session:
            return tables.person(session, user_id)

    return services.get(PeopleCache).find(user_id, read) or _ask(services, user_id)


def _ask(services: Services, user_id: str) -> Who:
    person = who_is(services.slack.person(user_id), services.slack.team_id())
    _remember(services, [person])
    return person


def _remember(services: Services, people: Iterable[Who]) -> None:
    with services.store.transaction() as session:
        tables.remember_people(session, people, utcnow())
    services.get(PeopleCache).clear()


def names(services: Services, user_ids: Collection[str]) -> dict[str, str]:
    """The names of those people, as far as they are known."""
    if not user_ids:
        return {}
    with services.store.reading() as session:
        return tables.names(session, user_ids)


def members(services: Services, groups: Iterable[str]) -> list[str]:
    """Everyone in those groups (`@handle`) or named by id, each once, in order."""
    found: dict[str, None] = {}
    for name in groups:
        for user_id in _group(services, name.removeprefix("@")) if name.startswith("@") else [name]:
            found[user_id] = None
    return list(found)


def _group(services: Services, handle: str) -> list[str]:
    with services.store.reading() as session:
        known = tables.members(session, handle)
    if known is None:
        learn_groups(services)
        with services.store.reading() as session:
            known = tables.members(session, handle)
    return known or []


def channel_id(services: Services, name: str) -> str:
    """The id of a channel by its name; `SlackRefused` when the bot is not in a channel of that name."""
    name = name.removeprefix("#")
    with services.store.reading() as session:
        known = tables.channel_id(session, name)
    if known is None:
        known = services.slack.join_by_name(name)
        with services.store.transaction() as session:
            tables.remember_channel(session, name, known)
    return known


def learn(services: Services) -> None:
    """Hear about people, groups and channels before they are needed. Whatever fails is asked again later."""
    for lesson in (learn_itself, learn_groups, learn_channels, learn_people):
        try:
            lesson(services)
        except (SlackRefused, TryLater) as failure:
            log.warning("could not learn from Slack", extra={"lesson": lesson.__name__, "reason": str(failure)})


def learn_itself(services: Services) -> None:
    """Which bot this is, in which workspace."""
    services.slack.user_id()


def learn_groups(services: Services) -> None:
    """Who is in the groups that `floor.yaml` names."""
    listed = {group["handle"]: group for group in services.slack.groups()}
    with services.store.transaction() as session:
        for handle in services.floor.groups:
            group = listed.get(handle, {"id": "", "users": []})
            tables.remember_group(session, handle, group["id"], list(group.get("users") or []))


def learn_channels(services: Services) -> None:
    """Where the incidents channel and the audiences' channels are; the bot joins those it is not in."""
    audiences = services.floor.audiences.values()
    named = {channel for audience in audiences for channel in audience.channels if channel.startswith("#")}
    named |= {partner.channel for partner in services.floor.partners if partner.channel}
    if services.floor.administrators_channel:
        named.add(services.floor.administrators_channel)
    if services.floor.postmortems.channel:
        named.add(services.floor.postmortems.channel)
    for name in sorted({services.floor.incidents_channel, *named}):
        channel_id(services, name)


def learn_people(services: Services) -> None:
    """Everyone in the workspace, so that a click need not wait for Slack to say who clicked."""
    for page in islice(services.slack.people(), PAGES_OF_PEOPLE):
        _remember(services, [who_is(user, services.slack.team_id()) for user in page if not user.get("deleted")])


def heard(services: Services, user: dict[str, object]) -> None:
    """Slack says a person changed or joined."""
    _remember(services, [who_is(user, services.slack.team_id())])
