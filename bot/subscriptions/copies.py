"""Copies of updates to subscribers: one each per promise, in the transaction that composes the update."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.config.floor import Moment
from bot.directory.rules import PersonFacts
from bot.incidents import audiences as known_audiences
from bot.incidents import participants
from bot.incidents.change import Change
from bot.incidents.events import MadePrivate, UpdateAmended, UpdateComposed
from bot.incidents.facts import NEXT_UPDATE
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.outbox import batches
from bot.outbox.tables import OutboxRow
from bot.services import Services
from bot.subscriptions import tables, views, wording
from bot.subscriptions.rules import choose_audience


def post_copies(change: Change, event: UpdateComposed) -> None:
    """Post the composed update to every subscriber who belongs to its audience.

    A newer copy supersedes one still waiting to be sent, as in the channels. "No change" is not a message of its
    own: it is added to the last one. Users who were shown the update as a draft get no copy.
    """
    session, number = change.session, change.number
    subscriber_ids = tables.subscribers(session, change.incident)
    if not subscriber_ids:
        return
    audience_by_person = _audience_by_person(session, change.services, change.incident, subscriber_ids)
    earlier_copies = _newest_copies(session, number, event.audience) if event.below_earlier else {}
    for person in permitted_readers(session, change.incident, directory.people(session, subscriber_ids)):
        if audience_by_person.get(person.id) != event.audience or person.id in event.seen_by:
            continue
        languages = known_audiences.languages_for(change.services, event.audience, person.language)
        if event.below_earlier and (copy := earlier_copies.get(person.id)):
            amended = event.below_earlier(_promise_of(copy), copy.text, languages)
            outbox.edit(session, copy, views.update_blocks(amended, number, languages), change.now)
        else:
            prefix = f"{_key_prefix(number, event.audience)}{person.id}:"
            outbox.supersede(session, prefix)
            key = f"{prefix}{event.promise_id}"
            text, blocks = event.render(languages)
            batches.post_to_person(
                session,
                key,
                person.id,
                text,
                change.now,
                incident_id=number,
                blocks=views.update_blocks(blocks, number, languages),
                # Anything that needs action is sent first.
                priority=outbox.LAST,
            )


def edit_footers(change: Change, event: UpdateAmended) -> None:
    """Correct the time of the next update in the copies of users who may still read about the incident."""
    session, number = change.session, change.number
    copies_by_person = _newest_copies(session, number, event.audience)
    if not copies_by_person:
        return
    audience = change.services.floor.audiences[event.audience]
    for person in permitted_readers(session, change.incident, directory.people(session, copies_by_person)):
        copy = copies_by_person[person.id]
        languages = known_audiences.languages_for(change.services, event.audience, person.language)
        amended = event.render(_promise_of(copy), copy.text, languages, audience.outside)
        outbox.edit(session, copy, views.update_blocks(amended, number, languages), change.now)


def say_private(change: Change, event: MadePrivate) -> None:
    """Tell subscribers outside the channel that they get no more updates; the copies that they got are deleted."""
    session, incident, number = change.session, change.incident, change.number
    if not incident.is_active:
        return
    copies = outbox.posts_of(session, number, f"copy:{number}:", "")
    subscriber_ids = [*tables.subscribers_by_choice(session, number), *(copy.key.split(":")[-2] for copy in copies)]
    for person in permitted_readers(session, incident, directory.people(session, subscriber_ids)):
        if not participants.takes_part(session, number, person.id):
            text = wording.PRIVATE_NOW.format(number=number)
            key = f"unsubscribed:{number}:{person.id}"
            outbox.post(session, key, person.id, text, change.now, incident_id=number)


def _newest_copies(session: Session, number: int, audience: str) -> dict[str, OutboxRow]:
    """The last copy of an audience's updates that each user got or is about to get."""
    copies = outbox.posts_of(session, number, _key_prefix(number, audience), "")
    return {copy.key.split(":")[-2]: copy for copy in copies}


def _promise_of(copy: OutboxRow) -> int:
    return int(copy.key.split(":")[-1])


def _key_prefix(number: int, audience: str) -> str:
    """Prefix of the keys of an audience's copies; the user's id and the promise's follow."""
    return f"copy:{number}:{audience}:"


def next_update_for(session: Session, services: Services, incident: Incident, user_id: str) -> datetime | None:
    """When a subscriber's next update is promised, if it is."""
    audience = _audience_by_person(session, services, incident, [user_id]).get(user_id)
    next_update = services.get(Registry).ask(NEXT_UPDATE)
    return next_update(session, services, incident, [audience], None) if audience else None


def permitted_readers(session: Session, incident: Incident, people: Sequence[PersonFacts]) -> list[PersonFacts]:
    """Those of them who may read about this incident: colleagues who are there, and guests while in its channel."""

    def takes_part(person: PersonFacts) -> bool:
        is_guest = person.is_guest and not (person.is_stranger or person.is_gone)
        return is_guest and participants.takes_part(session, incident.number, person.id)

    return [person for person in people if person.may_act or takes_part(person)]


def _audience_by_person(
    session: Session, services: Services, incident: Incident, user_ids: Sequence[str]
) -> dict[str, str | None]:
    """The audience whose wording each of them gets in this incident."""
    audiences = known_audiences.audiences_of(services, incident)
    informed_audiences = [
        name for name, audience in audiences.items() if audience.usual_cadence(incident.severity) != Moment.NEVER
    ]
    inside_audiences = [name for name in informed_audiences if not audiences[name].outside]
    members_by_audience = {
        name: {
            user_id
            for group in audience.members
            for user_id in directory.group_members(session, group.removeprefix("@")) or []
        }
        for name, audience in audiences.items()
    }
    return {
        person: choose_audience(
            [name for name, member_ids in members_by_audience.items() if person in member_ids],
            informed_audiences,
            inside_audiences,
        )
        for person in user_ids
    }
