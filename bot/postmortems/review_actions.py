"""Actions from draft to publication of a post-mortem: author, reviewers, place of publication."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.directory.lookup import channel_id, person_of
from bot.directory.rules import GuestChosen
from bot.errors import WatchfloorError, require
from bot.incidents import incidents, participants
from bot.incidents.permissions import changing_as, check_permission, reading_as
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.postmortems import copies, forms, ids, review, tables, versions
from bot.postmortems.delivery import deliver, supersede, withdraw_refused_publication
from bot.postmortems.messages import facts_of
from bot.postmortems.rules import State, Verdict
from bot.postmortems.tables import PostMortem
from bot.postmortems.views import PostMortemFacts
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mention, mentions
from bot.timeline import timeline


class NotInPrivateChannel(WatchfloorError):
    """Incident {number} is private and {who} is not in its channel. Invite them there first."""


class NobodyChosen(WatchfloorError):
    """Please choose at least one person."""


class NoChannel(WatchfloorError):
    """The incident has no channel, so choose the other place."""


@contextmanager
def _changing_postmortem(
    services: Services, postmortem_id: int, by: str, now: datetime
) -> Iterator[tuple[Session, PostMortem, Incident]]:
    """A transaction on a post-mortem by a user who may work on it; messages and files follow."""
    with changing_as(services, by) as session:
        postmortem = tables.locked(session, postmortem_id)
        incident = incidents.by_number(session, postmortem.incident_id)
        _check_may_work(services, session, postmortem, incident, by)
        yield session, postmortem, incident
        outbox.mark_stale(session, incident.number, (kinds.POST_MORTEM,))
        deliver(session, postmortem, now)


def _check_may_work(
    services: Services, session: Session, postmortem: PostMortem, incident: Incident, by: str
) -> None:
    """Raise unless the user sees the incident, and is the author or permitted by `floor.yaml`."""
    incidents.check_visible(session, incident, by, tables.NoSuchPostMortem)
    if by != postmortem.author_id:
        check_permission(services, session, by, "postmortem", incident.number)


def _check_may_see(session: Session, incident: Incident, people: Sequence[str]) -> None:
    """Raise `NotInPrivateChannel` if the incident is private and a recipient is not in its channel."""
    outsiders = [
        user_id
        for user_id in people
        if incident.is_private and not participants.takes_part(session, incident.number, user_id)
    ]
    if outsiders:
        raise NotInPrivateChannel(number=incident.number, who=mentions(outsiders))


def assign(services: Services, postmortem_id: int, author: str, by: str, now: datetime) -> None:
    """Make a person the author and send them the draft."""
    if not author:
        raise NobodyChosen()
    if not person_of(services, author).may_act:
        raise GuestChosen()
    with _changing_postmortem(services, postmortem_id, by, now) as (session, postmortem, incident):
        review.check_open(postmortem.state)
        if postmortem.author_id == author:
            return
        _check_may_see(session, incident, [author])
        postmortem.author_id = author
        copies.add(session, postmortem, author)
        timeline.append(session, incident.number, "postmortem_assigned", now, by, user=author)


def rewrite(services: Services, postmortem_id: int, version: int, by: str, now: datetime) -> None:
    """Write the draft again from the record, to which something was added since this version, as the newest one."""
    with _changing_postmortem(services, postmortem_id, by, now) as (session, postmortem, incident):
        review.check_open(postmortem.state)
        if postmortem.version != version:
            raise review.WrittenAgain(version=postmortem.version)
        if versions.get(session, postmortem.number, postmortem.version).uploaded_by:
            raise review.EditedByPeople()
        versions.add_written(session, postmortem, now)
        timeline.append(session, incident.number, "postmortem_rewritten", now, by, version=postmortem.version)
        supersede(session, postmortem)


def request_review(
    services: Services, postmortem_id: int, reviewers: Sequence[str], by: str, now: datetime
) -> None:
    """Ask people for a review and send them the newest version."""
    if not reviewers:
        raise NobodyChosen()
    if not all(person_of(services, user_id).may_act for user_id in reviewers):
        raise GuestChosen()
    with _changing_postmortem(services, postmortem_id, by, now) as (session, postmortem, incident):
        review.check_open(postmortem.state)
        _check_may_see(session, incident, reviewers)
        postmortem.state = State.IN_REVIEW.value
        for user_id in dict.fromkeys(reviewers):
            copy = copies.add(session, postmortem, user_id)
            if not copy.is_reviewer:
                copy.is_reviewer = True
                timeline.append(session, incident.number, "postmortem_review_asked", now, by, user=user_id)


def request_changes(services: Services, postmortem_id: int, comment: str, by: str, now: datetime) -> None:
    record_verdict(services, postmortem_id, Verdict.CHANGES, comment, by, now)


def record_verdict(
    services: Services, postmortem_id: int, verdict: Verdict, comment: str, by: str, now: datetime
) -> None:
    """Record a reviewer's verdict. Idempotent."""
    with changing_as(services, by) as session:
        postmortem = tables.locked(session, postmortem_id)
        incident = incidents.by_number(session, postmortem.incident_id)
        incidents.check_visible(session, incident, by, tables.NoSuchPostMortem)
        copy = copies.of_place(session, postmortem_id, by)
        if copy is None or not copy.is_reviewer:
            raise review.NotAReviewer()
        review.check_open(postmortem.state)
        if (copy.verdict, copy.comment) == (verdict, comment):
            return
        copy.verdict, copy.comment = verdict.value, comment
        verdict_facts = {"verdict": verdict.value, "reason": comment}
        timeline.append(session, postmortem.incident_id, "postmortem_reviewed", now, by, **verdict_facts)
        outbox.mark_stale(session, postmortem.incident_id, (kinds.POST_MORTEM,))


def publish(
    services: Services, postmortem_id: int, channel_choice: str, reason: str, by: str, now: datetime
) -> None:
    """Post the newest version in the incident's channel, or the channel named in `floor.yaml`.

    Open checklist items require a reason, which goes on record. It counts as published once it is there.
    """
    configured_channel = channel_id(services, _channel(services)) if channel_choice == ids.CONFIGURED else None
    with _changing_postmortem(services, postmortem_id, by, now) as (session, postmortem, incident):
        _check_publishing(services, session, postmortem)
        undone = facts_of(session, services, incident, postmortem).undone
        if undone and not reason.strip():
            raise review.StillUnknown(undone="; ".join(undone))
        if undone:
            undone_facts = {"undone": "; ".join(undone), "reason": reason.strip()}
            timeline.append(session, incident.number, "postmortem_incomplete", now, by, **undone_facts)
        target_channel_id = require(configured_channel or incident.channel_id, NoChannel)
        withdraw_refused_publication(session, postmortem, now)
        postmortem.published_by = by
        copies.add(session, postmortem, target_channel_id).is_published = True


def _check_publishing(services: Services, session: Session, postmortem: PostMortem) -> None:
    verdicts = [
        (mention(copy.place), copy.verdict)
        for copy in copies.of_postmortem(session, postmortem.number)
        if copy.is_reviewer
    ]
    review.check_may_publish(postmortem.state, verdicts)


def _channel(services: Services) -> str:
    return services.floor.postmortems.channel or services.floor.incidents_channel


def form_for(
    services: Services,
    postmortem_id: int,
    by: str,
    build_form: Callable[[PostMortemFacts], Block],
    check: Callable[[Services, Session, PostMortem], None] = lambda services, session, postmortem: None,
) -> Block:
    """Return a form about an open post-mortem, for a user who may work on it."""
    with reading_as(services, by) as session:
        postmortem = tables.get(session, postmortem_id)
        incident = incidents.by_number(session, postmortem.incident_id)
        _check_may_work(services, session, postmortem, incident, by)
        check(services, session, postmortem)
        review.check_open(postmortem.state)
        return build_form(facts_of(session, services, incident, postmortem))


def publish_form(services: Services, postmortem_id: int, by: str) -> Block:
    """Return the form for the place of publication; refused while a reviewer wants changes."""
    return form_for(
        services, postmortem_id, by, lambda facts: forms.publish_form(facts, _channel(services)), _check_publishing
    )
