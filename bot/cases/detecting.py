"""Compares new cases with those of the last four weeks; groups that look like one incident are proposed in the
alerts channel.

The scanner is a per-process cache of the database: it is filled on first use and then reads only cases that it
does not know yet. The groups found, and what people decided about them, are kept in tables.
"""

import json
import threading
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.cases import cluster_views, clusters, linking
from bot.cases.clusters import Cluster
from bot.cases.rules.alerting import SAME_FOR_S, Alerting, Decision, Episode
from bot.cases.rules.bursts import Candidate, Key, Scanner, Sighting, customer_of
from bot.cases.rules.counting import REMEMBERED_S
from bot.cases.rules.similar_text import shared_terms
from bot.cases.tables import Case
from bot.cases.wording import translator
from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.incidents import incidents
from bot.incidents.rules import OPEN
from bot.runtime.database import next_due
from bot.services import Services

MOST_REMEMBERED = 20_000
AT_ONCE = 50
CLAIMED_FOR = timedelta(minutes=1)
REMEMBERED = timedelta(seconds=REMEMBERED_S)
NEXT_DUE = next_due(col(Case.examine_at))


class Detector:
    """The scanner of this process, held by the services."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.scanner = Scanner()
        self.known_ids: set[int] = set()
        self.explained_ids: Collection[int] = frozenset()

    def forget(self) -> None:
        """Drop the cache, to be filled again from the database."""
        self.scanner, self.known_ids = Scanner(), set()

    @classmethod
    def of(cls, settings: Settings, floor: Floor) -> "Detector":
        return cls()

    def catch_up(self, session: Session, due: Collection[int], explained: Collection[int], now: datetime) -> None:
        """Add the cases that other processes compare or have compared: all of them once, then only new ones.

        The cases due in this process are left out; they are added one by one as they are compared. So are the cases
        of an incident that is over: they are not usual, and a new case beside them is no burst.
        """
        if not self.known_ids.isdisjoint(due) or explained != self.explained_ids:
            # Another process claimed them and did not finish; it may be gone. Or an incident has ended.
            self.forget()
        self.explained_ids = explained
        is_not_due_here = sa.or_(col(Case.examine_at).is_(None), col(Case.examine_at) > now)
        compared_cases = sa.select(*map(col, _COLUMNS)).where(is_not_due_here, col(Case.id).not_in(due))
        if self.known_ids:
            # Anything written since has a higher number or was compared a moment ago.
            compared_cases = compared_cases.where(col(Case.touched_at) > now - timedelta(hours=1))
        else:
            compared_cases = compared_cases.where(col(Case.opened_at) > now - REMEMBERED)
        newest_cases = compared_cases.order_by(col(Case.opened_at).desc()).limit(MOST_REMEMBERED)
        for row in reversed(session.connection().execute(newest_cases).all()):
            if row.id not in self.known_ids:
                self.known_ids.add(row.id)
                if row.id not in explained:
                    self.scanner.add(_sighting(row, now))


_COLUMNS = (Case.id, Case.external_id, Case.opened_at, Case.customer, Case.traits, Case.title, Case.text, Case.team)


def _sighting(case: Any, now: datetime) -> Sighting:
    """The sighting of a case, or of a row with the columns above.

    A case that was opened in the future, by a mistaken date, is seen now: what is old is forgotten by these times.
    """
    at = min(case.opened_at, now).timestamp()
    customer = customer_of(case.customer, case.external_id)
    return Sighting(int(case.id), at, customer, dict(case.traits), case.title, case.text)


def compare_soon(services: Services, now: datetime) -> None:
    """Compare new cases in the background: the first run reads four weeks, and escalations must not wait for it."""
    services.background.submit("similar cases", partial(compare_new_cases, services, now))


def compare_new_cases(services: Services, now: datetime) -> None:
    """Compare the cases that have not been compared yet, in the order in which they were opened."""
    detector = services.get(Detector)
    with detector.lock:
        due = _claim(services, now)
        if not due:
            return
        with services.database.reading() as session:
            alerting = _alerting(services, session, now)
            detector.catch_up(session, [case.number for case in due], alerting.explained_cases, now)
        candidates = [each for case in due if (each := _compare(detector, alerting, case, now))]
        try:
            with services.database.transaction() as session:
                _save_all(session, services, candidates, now)
                _set_due(session, due, None)
        except Exception:  # raised again below
            # They are compared again once their claim expires, by a scanner that has not seen them.
            detector.forget()
            raise


def _claim(services: Services, now: datetime) -> Sequence[Case]:
    """Claim cases for this process; another may claim them if they are not finished within a minute."""
    query = select(Case).where(col(Case.examine_at) <= now).order_by(col(Case.opened_at), col(Case.id))
    with services.database.transaction() as session:
        due = session.exec(query.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
        _set_due(session, due, now + CLAIMED_FOR)
        session.expunge_all()
    return due


def _set_due(session: Session, cases: Sequence[Case], due_at: datetime | None) -> None:
    update_cases = sa.update(Case).where(col(Case.id).in_([case.number for case in cases]))
    session.connection().execute(update_cases.values(examine_at=due_at))


def _compare(detector: "Detector", alerting: Alerting, case: Case, now: datetime) -> Candidate | None:
    detector.known_ids.add(case.number)
    candidate = detector.scanner.see(_sighting(case, now))
    return candidate if alerting.decide(candidate) else None


def _save_all(session: Session, services: Services, candidates: Sequence[Candidate], now: datetime) -> None:
    """Decide on current data, as another process may have found the same groups meanwhile, and save the result."""
    if not candidates:
        return
    clusters.lock_saving(session)
    _lock_incidents(session, candidates)
    alerting = _alerting(services, session, now)
    for candidate in candidates:
        if decision := alerting.decide(candidate):
            _save_candidate(session, services, candidate, decision, now)


def _lock_incidents(session: Session, candidates: Sequence[Candidate]) -> None:
    """Lock the incidents of the groups to which the candidates may belong, before any group, as a merge does."""
    earliest = datetime.fromtimestamp(min(each.at for each in candidates) - SAME_FOR_S, UTC)
    for incident_id in clusters.incident_ids_since(session, earliest):
        incidents.by_number_locked(session, incident_id)


def _alerting(services: Services, session: Session, now: datetime) -> Alerting:
    """The groups of the last four weeks, with what people decided about them."""
    alerting = Alerting(services.floor.cases.alerts_a_day)
    first_at = session.exec(select(sa.func.min(Case.opened_at))).one()
    alerting.begin((first_at or now).timestamp())
    recent_clusters = clusters.since(session, now - REMEMBERED)
    members = clusters.members(session, [each.number for each in recent_clusters])
    their_incidents = incidents.by_numbers(
        session, [each.incident_id for each in recent_clusters if each.incident_id]
    )
    for cluster in recent_clusters:
        incident = their_incidents.get(cluster.incident_id or 0)
        is_over = incident is not None and incident.status not in OPEN
        alerting.episodes.append(_episode(cluster, members.get(cluster.number, []), is_over=is_over))
    return alerting


def _episode(cluster: Cluster, case_ids: Sequence[int], *, is_over: bool) -> Episode:
    return Episode(
        key=key_of(cluster),
        began_at=cluster.at.timestamp(),
        last_at=cluster.last_at.timestamp(),
        peak=cluster.score,
        cases=set(case_ids),
        alerted_at=cluster.alerted_at.timestamp() if cluster.alerted_at else None,
        is_dismissed=cluster.state == clusters.DISMISSED,
        is_over=is_over,
        number=cluster.number,
    )


def key_of(cluster: Cluster) -> Key:
    """The traits that the cases of a group share."""
    return tuple((name, value) for name, value in cluster.traits)


def _save_candidate(
    session: Session, services: Services, candidate: Candidate, decision: Decision, now: datetime
) -> None:
    episode, at = decision.episode, datetime.fromtimestamp(candidate.at, UTC)
    if episode.number:
        cluster = clusters.get_locked(session, episode.number)
    else:
        cluster = clusters.of_occasion(session, _new_cluster(candidate, at))
    cluster.last_at, cluster.score = max(cluster.last_at, at), max(cluster.score, candidate.score)
    episode.number = cluster.number
    new_members = clusters.add_members(session, cluster.number, candidate.cases)
    cases = clusters.cases_of(session, cluster.number)
    texts = [f"{case.title} {case.text}" for case in cases]
    cluster.terms = shared_terms(texts)
    cluster.title = cluster_views.title_of(cluster, cases, translator(services.floor.language))
    if decision.alerts:
        cluster.alerted_at = now
    if cluster.state == clusters.INCIDENT and new_members:
        linking.link_more(session, services, cluster, [case for case in cases if case.number in new_members], now)
    if cluster.alerted_at is not None and new_members:
        linking.propose(session, services, cluster, cases, now)


def _new_cluster(candidate: Candidate, at: datetime) -> Cluster:
    key = json.dumps(candidate.key)
    return Cluster(
        key=key,
        occasion=f"{key}|{min(candidate.cases)}",
        title="",
        traits=[list(each) for each in candidate.key],
        at=at,
        first_at=datetime.fromtimestamp(candidate.first_at, UTC),
        last_at=at,
        score=candidate.score,
        expected=candidate.expected,
        window_s=candidate.window_s,
    )
