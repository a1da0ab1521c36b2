"""What was last heard about people, groups and channels, so that no click waits for Slack to say it again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict
from sqlmodel import Field, Session, col, select

from bot.directory.rules import PersonFacts
from bot.runtime.database import Row, upsert, upsert_all, utc_column


class Person(Row, table=True):
    """A person of the workspace."""

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
    heard_at: datetime = Field(sa_column=utc_column(nullable=False))


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


def save_people(session: Session, people: Iterable[PersonFacts], now: datetime) -> None:
    """Keep what Slack said of people."""
    upsert_all(session, [Person(**asdict(facts), heard_at=now) for facts in people])


def group_from_slack(handle: str, listed: Mapping[str, Any]) -> Group:
    """The group of that handle as Slack lists it; nobody is in one that Slack does not list."""
    return Group(handle=handle, id=listed.get("id", ""), members=list(listed.get("users") or []))


def save_groups(session: Session, groups: Sequence[Group]) -> None:
    """Keep who is in groups."""
    upsert_all(session, groups)


def save_channel(session: Session, name: str, channel_id: str) -> None:
    """Keep a channel's id."""
    upsert(session, KnownChannel(name=name, id=channel_id))


# Asked at every click: put together once.
_PEOPLE = sa.select(*(getattr(Person, name) for name in PersonFacts.__struct_fields__)).where(
    col(Person.id).in_(sa.bindparam("ids", expanding=True))
)


def person(session: Session, user_id: str) -> PersonFacts | None:
    """A person, if they were ever heard of."""
    return next(iter(people(session, [user_id])), None)


def people(session: Session, user_ids: Iterable[str]) -> list[PersonFacts]:
    """Those of the people who were ever heard of, in the order they are asked for."""
    ids = list(dict.fromkeys(user_ids))
    if not ids:
        return []
    known = {row.id: PersonFacts(**row._mapping) for row in session.connection().execute(_PEOPLE, {"ids": ids})}
    return [known[user_id] for user_id in ids if user_id in known]


def user_id_by_handle(session: Session, handle: str) -> str | None:
    """The id of the person who is written `@handle`; None when nobody of that name was heard of."""
    return session.exec(select(Person.id).where(Person.handle == handle).limit(1)).first()


def ids_by_name(session: Session) -> dict[str, str]:
    """The ids of everyone who is not gone, by their handle and by their name, both in small letters."""
    known = session.exec(select(Person.id, Person.handle, Person.name).where(col(Person.is_gone).is_(False))).all()
    by_name = {name.casefold(): user_id for user_id, _, name in known}
    return by_name | {handle.casefold(): user_id for user_id, handle, _ in known if handle}


def another_handle(session: Session, than: str) -> str | None:
    """The handle of some colleague who may act; None when nobody but that person was heard of."""
    may_act = (
        col(flag).is_(False) for flag in (Person.is_guest, Person.is_stranger, Person.is_bot, Person.is_gone)
    )
    other = select(Person.handle).where(*may_act, col(Person.id) != than, col(Person.handle) != "")
    return session.exec(other.order_by(col(Person.handle)).limit(1)).first()


def gone(session: Session, user_ids: Iterable[str]) -> set[str]:
    """Those of the people whose accounts are deactivated."""
    return {person.id for person in people(session, user_ids) if person.is_gone}


def display_names(session: Session, user_ids: Iterable[str]) -> dict[str, str]:
    """The names of several people."""
    return {person.id: person.name for person in people(session, user_ids)}


_COLLEAGUE_NAMES = sa.select(col(Person.name)).where(
    col(Person.is_stranger).is_(False), col(Person.is_bot).is_(False)
)


def colleague_names(session: Session) -> set[str]:
    """The names of everyone who works here: not of strangers, and not of bots."""
    return set(session.connection().execute(_COLLEAGUE_NAMES).scalars())


def group_members(session: Session, handle: str) -> list[str] | None:
    """Who is in a group; None when the group is not known."""
    row = session.get(Group, handle)
    return list(row.members) if row else None


def group_id(session: Session, handle: str) -> str | None:
    """A group's id, for a mention; None when the group is not known."""
    row = session.get(Group, handle)
    return row.id if row and row.id else None


def known_channels(session: Session) -> dict[str, str]:
    """The ids of all channels that were found by their names."""
    return {row.name: row.id for row in session.exec(select(KnownChannel))}


def forget_channel(session: Session, channel_id: str) -> None:
    """It is to be found anew by its name."""
    session.connection().execute(sa.delete(KnownChannel).where(col(KnownChannel.id) == channel_id))


def replace_channel(session: Session, old_id: str, new_id: str) -> None:
    """Slack gave a channel another id."""
    theirs = sa.update(KnownChannel).where(col(KnownChannel.id) == old_id)
    session.connection().execute(theirs.values(id=new_id))


_CHANNEL_ID = sa.select(col(KnownChannel.id)).where(col(KnownChannel.name) == sa.bindparam("channel"))


def channel_id(session: Session, name: str) -> str | None:
    """A channel's id by its name."""
    session.flush()
    return session.connection().execute(_CHANNEL_ID, {"channel": name}).scalar()
