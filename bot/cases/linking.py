"""Similar cases and incidents: declare one, link to an open one, or dismiss; and the work notes of linked cases."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.cases import cluster_views, clusters, escalating, forms, notes, tables
from bot.cases.clusters import Cluster
from bot.cases.notes import ENDED, LINKED, UPDATE
from bot.cases.tables import Case
from bot.cases.wording import translator, translator_for, translator_of_reader
from bot.errors import WatchfloorError, require
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.declaring import check_may_declare, declare_unless_open, opening
from bot.incidents.events import Declared, Declined, MadePrivate, Merged, Resolved, UpdateComposed
from bot.incidents.permissions import changing_as, reading_as
from bot.incidents.responses import Response
from bot.incidents.rules import ACTIVE, OPEN
from bot.incidents.scope import complete
from bot.incidents.workflows import DeclareRequest
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import listed, mention, shorten, typed_time

log = logging.getLogger(__name__)


KEY = "declare:cases:"
# The audience whose updates go to the work notes of linked cases.
AUDIENCE = "operations"
LONGEST_NOTE = 3_000
DESCRIBED = 10
FIRST_TITLE = 100


class AlreadyLinked(WatchfloorError):
    """{who} has decided about these cases already: incident {number}."""

    es = "{who} ya decidió sobre estos casos: incidente {number}."


class LinkedToPrivate(WatchfloorError):
    """{who} has decided about these cases already: they belong to an incident."""

    es = "{who} ya decidió sobre estos casos: son de un incidente."


class AlreadyDismissed(WatchfloorError):
    """{who} has decided about these cases already: not related."""

    es = "{who} ya decidió sobre estos casos: sin relación."


class NotOpen(WatchfloorError):
    """Incident {number} is over. Choose one that is open, or declare an incident."""

    es = "El incidente {number} ha terminado. Elige uno abierto o declara un incidente."


class ReasonMissing(WatchfloorError):
    """Please write why they are not related. It helps the next people who see such cases."""

    es = "Escribe por qué no tienen relación: ayuda a quienes vengan después."


def declare_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form to declare an incident, for a user who may."""
    check_may_declare(services, by)
    cluster, cases = _undecided(services, number, by)
    return forms.declare_form(cluster, cases, services.floor, translator_of_reader(services, by))


def link_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form to link the cases to one of the open incidents visible to this person."""
    _undecided(services, number, by)
    with services.database.reading() as session:
        open_incidents = incidents.active(session, by, 100)
    return forms.link_form(number, open_incidents, translator_of_reader(services, by))


def not_related_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form to dismiss a group, for a user with the `cases` permission."""
    _undecided(services, number, by)
    return forms.not_related_form(number, translator_of_reader(services, by))


def _undecided(services: Services, number: int, by: str) -> tuple[Cluster, Sequence[Case]]:
    with reading_as(services, by, "cases") as session:
        cluster = require(session.get(Cluster, number), clusters.NoSuchCluster)
        _check_undecided(session, cluster)
        return cluster, clusters.cases_of(session, number)


def _check_undecided(session: Session, cluster: Cluster) -> None:
    if cluster.state not in (clusters.OPEN, clusters.DECLARING):
        if belongs_to_private_incident(session, cluster):
            raise LinkedToPrivate(who=mention(cluster.by))
        if cluster.incident_id:
            raise AlreadyLinked(who=mention(cluster.by), number=cluster.incident_id)
        raise AlreadyDismissed(who=mention(cluster.by))


def declare(services: Services, number: int, title: str, severity: str, by: str, now: datetime) -> Response:
    """Declare an incident from these cases; they are linked in the transaction that records it."""
    check_may_declare(services, by)
    cluster, cases = _undecided(services, number, by)
    translate = translator(services.floor.language)
    introduction = translate(
        "{count} similar cases, the first at {when}:", count=len(cases), when=typed_time(cluster.first_at, now)
    )
    # On one line, which the card shows in full: a list would run together there.
    names = ", ".join(case.name for case in cases[:DESCRIBED]) + (" …" if len(cases) > DESCRIBED else "")
    request = DeclareRequest(
        # The same cases are declared only once, however many people press the button.
        key=f"{KEY}{cluster.number}",
        user_id=by,
        title=title,
        severity=severity,
        at=now,
        description=f"{introduction} {shorten(cases[0].title, FIRST_TITLE)} ({names})",
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
    """Link the similar cases from which the incident was declared."""
    key = change.incident.declared_key
    number = key.removeprefix(KEY)
    if key == number or not number.isdigit():
        return
    cluster = clusters.get_locked(change.session, int(number))
    _link_cluster(change, cluster, change.incident.declared_by)


def link(services: Services, number: int, incident_number: int, by: str, now: datetime) -> str:
    """Link a group of cases to an open incident. Return the answer."""
    with changing_as(services, by, "cases") as session:
        # The incident is locked before the group, as when incidents are merged.
        incident = incidents.by_number_locked(session, incident_number)
        cluster = clusters.get_locked(session, number)
        _check_undecided(session, cluster)
        incidents.check_visible(session, incident, by)
        if incident.status not in ACTIVE:
            raise NotOpen(number=incident_number)
        _link_cluster(Change(session, services, incident, by, now), cluster, by)
        count, translate = len(clusters.cases_of(session, number)), translator_for(session, services, by)
    return translate("{count} cases are part of incident {number} now.", count=count, number=incident_number)


def _link_cluster(change: Change, cluster: Cluster, by: str) -> None:
    cluster.incident_id = change.number
    _decide(change.session, change.services, cluster, clusters.INCIDENT, by, change.now)
    link_cases(change, clusters.cases_of(change.session, cluster.number), by)


def link_cases(change: Change, cases: Iterable[Case], by: str) -> None:
    """Link cases to the incident and record it in their work notes."""
    by_number = {case.number: case for case in cases}
    new_numbers = tables.link(change.session, change.number, by_number, by, change.now)
    if not new_numbers:
        return
    names = listed([by_number[number].name for number in new_numbers], DESCRIBED)
    change.log("cases_linked", count=len(new_numbers), text=names)
    translate_note = translator(change.services.floor.language)
    incident_title = f"{change.incident.severity} {change.incident.title}"
    text = translate_note("is part of incident {number}: {what}", number=change.number, what=incident_title)
    _add_note_to_all(change, [by_number[number] for number in new_numbers], LINKED, f"linked:{change.number}", text)


def link_more(session: Session, services: Services, cluster: Cluster, cases: Sequence[Case], now: datetime) -> None:
    """Link further similar cases to the same incident until it is resolved: after that, they are a new problem."""
    incident = incidents.by_number_locked(session, cluster.incident_id or 0)
    if incident.status in OPEN:
        link_cases(Change(session, services, incident, "", now), cases, "")


def dismiss(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """Dismiss a group as not related; similar ones are proposed less often. Return the answer."""
    if not reason.strip():
        raise ReasonMissing()
    with changing_as(services, by, "cases") as session:
        cluster = clusters.get_locked(session, number)
        _check_undecided(session, cluster)
        cluster.reason = reason.strip()
        _decide(session, services, cluster, clusters.DISMISSED, by, now)
        cases = clusters.cases_of(session, number)
        translate_note, translate = translator(services.floor.language), translator_for(session, services, by)
        dismissed_phrase = "looked like {count} other cases, but is not related: {why}"
        text = translate_note(dismissed_phrase, count=len(cases) - 1, why=cluster.reason)
        notes.add_to_all(session, services, cases, "not related", f"dismissed:{number}", text, by, now)
    return translate("Thank you. Cases like these are proposed less often from now on.")


def _decide(session: Session, services: Services, cluster: Cluster, state: str, by: str, now: datetime) -> None:
    cluster.state, cluster.by, cluster.decided_at = state, by, now
    _show(session, services, cluster, now)


def _show(session: Session, services: Services, cluster: Cluster, now: datetime) -> None:
    """Save a group and edit its message."""
    propose(session, services, cluster, clusters.cases_of(session, cluster.number), now)


def copy_update(change: Change, event: UpdateComposed) -> None:
    """Copy an update for `AUDIENCE` to the work notes of the incident's cases."""
    if event.audience != AUDIENCE:
        return
    cases = tables.cases_of_incident(change.session, change.number)
    key = f"update:{event.promise_id}"
    _add_note_to_all(change, cases, UPDATE, key, shorten(event.text, LONGEST_NOTE))


def note_end(change: Change, event: Resolved | Declined) -> None:
    """Note in the cases that the incident was resolved or declined."""
    cases = tables.cases_of_incident(change.session, change.number)
    translate_note = translator(change.services.floor.language)
    outcome_phrase = (
        "incident {number} is resolved" if isinstance(event, Resolved) else "incident {number} was a false alarm"
    )
    _add_note_to_all(
        change, cases, ENDED, f"ended:{event.key}", translate_note(outcome_phrase, number=change.number)
    )


def follow_merge(change: Change, event: Merged) -> None:
    """Link the cases of the merged incident to the one in which it continues, and with them their groups."""
    for cluster in clusters.of_incident(change.session, change.number):
        cluster.incident_id = event.into
        _show(change.session, change.services, cluster, change.now)
    cases = tables.cases_of_incident(change.session, change.number)
    target_incident = incidents.by_number(change.session, event.into)
    if cases:
        link_cases(
            Change(change.session, change.services, target_incident, change.by, change.now), cases, change.by
        )


def hide_private(change: Change, event: MadePrivate) -> None:
    """Remove the number of an incident that became private from the messages about its cases."""
    for cluster in clusters.of_incident(change.session, change.number):
        _show(change.session, change.services, cluster, change.now)


def _add_note_to_all(change: Change, cases: Sequence[Case], kind: str, key: str, text: str) -> None:
    """Add a note to each case; nothing for a private incident, whose existence must not be revealed."""
    if change.incident.is_private:
        return
    notes.add_to_all(change.session, change.services, cases, kind, key, text, change.by, change.now)


def propose(session: Session, services: Services, cluster: Cluster, cases: Sequence[Case], now: datetime) -> None:
    """Post or edit the one message about a group: edited as the group grows and when somebody decides."""
    translate, is_private = translator(services.floor.language), belongs_to_private_incident(session, cluster)
    text, blocks = cluster_views.proposal(cluster, cases, translate, now, is_private=is_private)
    key = f"case-cluster:{cluster.number}"
    row = outbox.by_key(session, key)
    if row is not None:
        outbox.edit(session, row, blocks, now)
        return
    channel_id = directory.channel_id(session, escalating.alerts_channel(services))
    if channel_id is None:
        log.warning("the channel for similar cases is not known", extra={"cluster": cluster.number})
        return
    outbox.post(session, key, channel_id, text, now, blocks=blocks, priority=outbox.URGENT)


def belongs_to_private_incident(session: Session, cluster: Cluster) -> bool:
    """Whether the group is linked to an incident whose existence must not be revealed."""
    return cluster.incident_id is not None and incidents.by_number(session, cluster.incident_id).is_private
