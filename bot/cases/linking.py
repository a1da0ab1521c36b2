"""Similar cases and incidents: declared from them, part of one that is open, or not related; and what linked cases
hear."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from bot.cases import cluster_views, clusters, notes, proposing, tables
from bot.cases.clusters import Cluster
from bot.cases.notes import ENDED, LINKED, UPDATE
from bot.cases.tables import Case
from bot.errors import WatchfloorError
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.declaring import check_may_declare, declare_unless_open, opening
from bot.incidents.events import Declared, Declined, Merged, Resolved, UpdateComposed
from bot.incidents.permissions import check_member, check_permission
from bot.incidents.responses import Response
from bot.incidents.rules import ACTIVE
from bot.incidents.scope import complete
from bot.incidents.tables import Incident
from bot.incidents.workflows import DeclareRequest
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import listed, mention, shorten

KEY = "declare:cases:"
# What linked cases hear are the words for those inside who work on it.
AUDIENCE = "operations"
LONGEST_NOTE = 3_000
DESCRIBED = 10


class AlreadyDecided(WatchfloorError):
    """{who} has decided about these cases already: {what}."""


class NotOpen(WatchfloorError):
    """Incident {number} is over. Choose one that is open, or declare an incident."""


class ReasonMissing(WatchfloorError):
    """Please write why they are not related: it helps those who come after you."""


def declare_form(services: Services, number: int, by: str) -> tuple[Cluster, Sequence[Case]]:
    """What the form shows, for who may declare."""
    check_may_declare(services, by)
    return _undecided(services, number, by)


def link_form(services: Services, number: int, by: str) -> list[Incident]:
    """The open incidents that these cases may be part of, as far as this person may see."""
    _undecided(services, number, by)
    with services.database.reading() as session:
        return list(incidents.active(session, by, 100))


def not_related_form(services: Services, number: int, by: str) -> Block:
    """The form, for who may decide about cases."""
    _undecided(services, number, by)
    return cluster_views.not_related_form(number)


def _undecided(services: Services, number: int, by: str) -> tuple[Cluster, Sequence[Case]]:
    check_member(services, by)
    with services.database.reading() as session:
        check_permission(services, session, by, "cases")
        cluster = session.get(Cluster, number)
        if cluster is None:
            raise clusters.NoSuchCluster()
        _check_undecided(cluster)
        return cluster, clusters.cases_of(session, number)


def _check_undecided(cluster: Cluster) -> None:
    if cluster.state not in (clusters.OPEN, clusters.DECLARING):
        what = f"incident {cluster.incident_id}" if cluster.incident_id else "not related"
        raise AlreadyDecided(who=mention(cluster.by), what=what)


def declare(services: Services, number: int, title: str, severity: str, by: str, now: datetime) -> Response:
    """Declare an incident of these cases; they are linked in the transaction that records it."""
    cluster, cases = declare_form(services, number, by)
    described = listed([cluster_views.example(case) for case in cases], DESCRIBED, "\n")
    request = DeclareRequest(
        # The same cases are declared once, whoever presses the button.
        key=f"{KEY}{cluster.number}",
        user_id=by,
        title=title or cluster.title,
        severity=severity,
        at=now,
        description=f"{len(cases)} similar cases, the first at {cluster.first_at:%Y-%m-%d %H:%M} UTC:\n{described}",
    )
    question = declare_unless_open(services, complete(services, request))
    if question:
        return question
    with services.database.transaction() as session:
        locked = clusters.get_locked(session, number)
        if locked.state == clusters.OPEN:
            _decide(session, services, locked, clusters.DECLARING, by, now)
    return opening(request.title)


def link_declared(change: Change, event: Declared) -> None:
    """The incident was declared of similar cases: they are part of it."""
    key = change.incident.declared_key
    number = key.removeprefix(KEY)
    if key == number or not number.isdigit():
        return
    cluster = clusters.get_locked(change.session, int(number))
    _link_cluster(change, cluster, change.incident.declared_by)


def link(services: Services, number: int, incident_number: int, by: str, now: datetime) -> str:
    """These cases are part of an incident that is open. Gives back what to answer."""
    check_member(services, by)
    with services.database.transaction() as session:
        check_permission(services, session, by, "cases")
        cluster = clusters.get_locked(session, number)
        _check_undecided(cluster)
        incident = incidents.by_number_locked(session, incident_number)
        incidents.check_visible(session, incident, by)
        if incident.status not in ACTIVE:
            raise NotOpen(number=incident_number)
        _link_cluster(Change(session, services, incident, by, now), cluster, by)
        count = len(clusters.cases_of(session, number))
    return f"{count} cases are part of incident {incident_number} now."


def _link_cluster(change: Change, cluster: Cluster, by: str) -> None:
    cluster.incident_id = change.number
    _decide(change.session, change.services, cluster, clusters.INCIDENT, by, change.now)
    link_cases(change, clusters.cases_of(change.session, cluster.number), by)


def link_cases(change: Change, cases: Iterable[Case], by: str) -> None:
    """These cases are part of the incident, and say so in their work notes."""
    by_number = {case.number: case for case in cases}
    new = tables.link(change.session, change.number, by_number, by, change.now)
    if not new:
        return
    names = listed([by_number[number].name for number in new], DESCRIBED)
    change.log("cases_linked", count=len(new), text=names)
    text = f"is part of incident {change.number}: {change.incident.severity} {change.incident.title}"
    _note_all(change, [by_number[number] for number in new], LINKED, f"linked:{change.number}", text)


def link_more(session: Session, services: Services, cluster: Cluster, cases: Sequence[Case], now: datetime) -> None:
    """More similar cases came: they are part of the same incident while it is open."""
    incident = incidents.by_number_locked(session, cluster.incident_id or 0)
    if incident.status in ACTIVE:
        link_cases(Change(session, services, incident, "", now), cases, "")


def dismiss(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """They have nothing to do with each other; like ones are proposed less often. Gives back what to answer."""
    if not reason.strip():
        raise ReasonMissing()
    check_member(services, by)
    with services.database.transaction() as session:
        check_permission(services, session, by, "cases")
        cluster = clusters.get_locked(session, number)
        _check_undecided(cluster)
        cluster.reason = reason.strip()
        _decide(session, services, cluster, clusters.DISMISSED, by, now)
        cases = clusters.cases_of(session, number)
        text = f"looked like {len(cases) - 1} other cases, but is not related: {cluster.reason}"
        notes.add_to_all(session, services, cases, "not related", f"dismissed:{number}", text, by, now)
    return "Thank you. Cases like these are proposed less often from now on."


def _decide(session: Session, services: Services, cluster: Cluster, state: str, by: str, now: datetime) -> None:
    cluster.state, cluster.by, cluster.decided_at = state, by, now
    session.add(cluster)
    session.flush()
    proposing.propose(session, services, cluster, clusters.cases_of(session, cluster.number), now)


def copy_update(change: Change, event: UpdateComposed) -> None:
    """The incident's update goes to the work notes of its cases."""
    if event.audience != AUDIENCE:
        return
    cases = tables.cases_of_incident(change.session, change.number)
    key = f"update:{event.promise_id}"
    _note_all(change, cases, UPDATE, key, shorten(event.text, LONGEST_NOTE))


def note_end(change: Change, event: Resolved | Declined) -> None:
    """The incident is over, or was none: its cases hear of it."""
    cases = tables.cases_of_incident(change.session, change.number)
    how = "is resolved" if isinstance(event, Resolved) else "was a false alarm"
    _note_all(change, cases, ENDED, f"ended:{event.key}", f"incident {change.number} {how}")


def follow_merge(change: Change, event: Merged) -> None:
    """What was part of this incident is part of the one in which it goes on."""
    cases = tables.cases_of_incident(change.session, change.number)
    into = incidents.by_number(change.session, event.into)
    if cases:
        link_cases(Change(change.session, change.services, into, change.by, change.now), cases, change.by)


def _note_all(change: Change, cases: Sequence[Case], kind: str, key: str, text: str) -> None:
    """Say it on each of the cases; of a private incident nothing is said, not even that there is one."""
    if change.incident.is_private:
        return
    notes.add_to_all(change.session, change.services, cases, kind, key, text, change.by, change.now)
