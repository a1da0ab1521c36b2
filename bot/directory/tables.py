"""Stores the last known state of people, groups and channels, so that no click waits for Slack."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict
from sqlmodel import Field, Session, col, select

from bot.directory.rules import PersonFacts
from bot.runtime.database import Row, upsert, upsert_all


class Person(Row, table=True):
    """A person in the workspace."""

    __tablename__ = "people"

    id: str = Field(primary_key=True)
    name: str
    timezone: str = "UTC"
    is_guest: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    handle: str = ""
    is_gone: bool = False
    locale: str = ""


class Group(Row, table=True):
    """A user group and its members."""

    __tablename__ = "groups"

    handle: str = Field(primary_key=True)
    id: str
    members: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))


class KnownChannel(Row, table=True):
    """A channel the bot is in."""

    __tablename__ = "known_channels"

    name: str = Field(primary_key=True)
    id: str


def save_people(session: Session, people: Iterable[PersonFacts]) -> None:
    """Store what Slack said about people."""
    upsert_all(session, [Person(**asdict(facts)) for facts in people])


def group_from_slack(handle: str, slack_group: Mapping[str, Any]) -> Group:
    """The group with that handle as Slack lists it; a group that Slack does not list has no members."""
    return Group(handle=handle, id=slack_group.get("id", ""), members=list(slack_group.get("users") or []))


def save_groups(session: Session, groups: Sequence[Group]) -> None:
    """Store groups and their members."""
    upsert_all(session, groups)


def save_channel(session: Session, name: str, channel_id: str) -> None:
    upsert(session, KnownChannel(name=name, id=channel_id))


# Built once, because every click runs it.
_PEOPLE = sa.select(*(getattr(Person, name) for name in PersonFacts.__struct_fields__)).where(
    col(Person.id).in_(sa.bindparam("ids", expanding=True))
)


def person(session: Session, user_id: str) -> PersonFacts | None:
    return next(iter(people(session, [user_id])), None)


def people(session: Session, user_ids: Iterable[str]) -> list[PersonFacts]:
    """The known people among those ids, in the order given."""
    ids = list(dict.fromkeys(user_ids))
    if not ids:
        return []
    people_by_id = {
        row.id: PersonFacts(**row._mapping) for row in session.connection().execute(_PEOPLE, {"ids": ids})
    }
    return [people_by_id[user_id] for user_id in ids if user_id in people_by_id]


def user_id_by_handle(session: Session, handle: str) -> str | None:
    """The id of the person with that handle; None if no such person is known."""
    return session.exec(select(Person.id).where(Person.handle == handle).limit(1)).first()


_MAY_ACT = tuple(
    col(flag).is_(False) for flag in (Person.is_guest, Person.is_stranger, Person.is_bot, Person.is_gone)
)


def ids_by_name(session: Session) -> dict[str, str]:
    """The ids of colleagues who may act, by handle and by name, both case-folded; names that several share are not
    among them."""
    colleagues = session.exec(select(Person.id, Person.handle, Person.name).where(*_MAY_ACT)).all()
    by_name = _unambiguous((name, user_id) for user_id, _, name in colleagues)
    return by_name | _unambiguous((handle, user_id) for user_id, handle, _ in colleagues if handle)


def _unambiguous(ids_by_text: Iterable[tuple[str, str]]) -> dict[str, str]:
    ids: dict[str, list[str]] = {}
    for text, user_id in ids_by_text:
        ids.setdefault(text.casefold(), []).append(user_id)
    return {text: user_ids[0] for text, user_ids in ids.items() if len(user_ids) == 1}


def another_handle(session: Session, than: str) -> str | None:
    """The handle of another colleague who may act; None if no other is known."""
    query = select(Person.handle).where(*_MAY_ACT, col(Person.id) != than, col(Person.handle) != "")
    return session.exec(query.order_by(col(Person.handle)).limit(1)).first()


def gone(session: Session, user_ids: Iterable[str]) -> set[str]:
    """The ids of those people whose accounts are deactivated."""
    return {person.id for person in people(session, user_ids) if person.is_gone}


def display_names(session: Session, user_ids: Iterable[str]) -> dict[str, str]:
    """The names of several people."""
    return {person.id: person.name for person in people(session, user_ids)}


_COLLEAGUE_NAMES = sa.select(col(Person.name)).where(
    col(Person.is_stranger).is_(False), col(Person.is_bot).is_(False)
)


def colleague_names(session: Session) -> set[str]:
    """The names of everyone who works here, without strangers and bots."""
    return set(session.connection().execute(_COLLEAGUE_NAMES).scalars())


def group_members(session: Session, handle: str) -> list[str] | None:
    """The members of a group; None if the group is not known."""
    row = session.get(Group, handle)
    return list(row.members) if row else None


def group_id(session: Session, handle: str) -> str | None:
    """A group's id, for a mention; None if the group is not known."""
    row = session.get(Group, handle)
    return row.id if row and row.id else None


def known_channels(session: Session) -> dict[str, str]:
    """The ids of all channels that were found by name, by that name."""
    return {row.name: row.id for row in session.exec(select(KnownChannel))}


def forget_channel(session: Session, channel_id: str) -> None:
    """Delete the channel, so that it is looked up by its name again."""
    session.connection().execute(sa.delete(KnownChannel).where(col(KnownChannel.id) == channel_id))


def replace_channel(session: Session, old_id: str, new_id: str) -> None:
    """Replace a channel's id with the one Slack gave it."""
    statement = sa.update(KnownChannel).where(col(KnownChannel.id) == old_id)
    session.connection().execute(statement.values(id=new_id))


_CHANNEL_ID = sa.select(col(KnownChannel.id)).where(col(KnownChannel.name) == sa.bindparam("channel"))


def channel_id(session: Session, name: str) -> str | None:
    session.flush()
    return session.connection().execute(_CHANNEL_ID, {"channel": name}).scalar()
