"""Similar cases: found by their traits and words, within an alert budget, and learning from "not related"."""

import csv
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from msgspec.structs import replace
from sqlmodel import col, select

from bench.bursts import DESKS, Log, outcome
from bot import directory
from bot.cases import clusters, detecting, escalating, linking, replay
from bot.cases import tables as case_tables
from bot.cases.clusters import Cluster
from bot.cases.detecting import Detector
from bot.cases.guides import Guide, find
from bot.cases.reading import read_cases
from bot.cases.rules.alerting import Alerting, Episode
from bot.cases.rules.bursts import Candidate, Scanner, Sighting
from bot.cases.rules.similar_text import TextIndex, grams, shared_terms
from bot.cases.rules.surprise import negative_binomial_tail
from bot.cases.tables import Case
from bot.feeds.sources import Sources
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.events import Merged
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database
from bot.runtime.network import Network
from bot.runtime.waiting import wait_until
from bot.services import Services
from tests.floor import PATIENCE_S
from tests.postgres import count_waiting
from tests.rules.playbook_builders import NOON, declared
from tests.rules.test_update_templates import services
from tests.samples import sample

HOUR, DAY = 3_600.0, 86_400.0


def test_the_labelled_burst_is_found_by_its_fifth_case_with_at_most_one_other_alert() -> None:
    file = sample("real_servicenow_burst_problem14.csv")
    with file.open() as text:
        labelled = [row["number"] for row in csv.DictReader(text) if row["problem_id"].strip() != "?"]
    alerts = list(replay.alerts(read_cases(file, "UTC").rows, 2))
    of_the_burst = [alert for alert in alerts if set(alert.names) & set(labelled)]
    assert set(of_the_burst[0].names) & set(labelled[:5])
    assert of_the_burst[0].names[-1] in labelled[:5], "one of the first five cases raises the alert"
    assert len(alerts) - 1 <= 1


def test_duplicates_are_among_the_five_most_similar_texts() -> None:
    with sample("real_labelled_duplicates_seamonkey.csv").open() as text:
        reports = list(csv.DictReader(text))
    index, documents = TextIndex(), [grams(each["summary"], each["description"]) for each in reports]
    for number, document in enumerate(documents):
        index.add(number, document)
    recalls = []
    for number, report in enumerate(reports):
        same = {at for at, each in enumerate(reports) if each["cluster"] == report["cluster"] and at != number}
        if report["cluster"] and same:
            alike = [at for at, _ in index.alike(documents[number], 0.0) if at != number][:5]
            recalls.append(len(same & set(alike)) / len(same))
    assert sum(recalls) / len(recalls) >= 0.75


def test_a_word_finds_the_guide_even_among_a_few() -> None:
    guides = [
        Guide("1", "SSO lockout", "okta login"),
        Guide("2", "Screen pop is blank", "desktop cti"),
        Guide("3", "Faxes jam", "paper"),
    ]
    for count in (1, 2, 3):
        assert [guide.key for guide in find(guides[:count], "okta")] == ["1"]
    assert [guide.key for guide in find(guides, "who can reset an okta login")] == ["1"]
    assert find(guides, "voicemail") == []


ACTS = (
    *("cannot log in to", "error when opening", "slow response from", "no sound in", "missing data in", "crash of"),
    *("access request for", "unable to print from", "timeout in", "wrong balance in", "duplicate entries in"),
    *("licence expired for", "notification not sent by", "blank screen in", "attachment upload fails in"),
)
SYSTEMS = (
    *(
        "the CRM",
        "billing portal",
        "Outlook",
        "VPN client",
        "softphone",
        "payroll",
        "knowledge base",
        "chat console",
    ),
    *(
        "quality tool",
        "card terminal",
        "SAP",
        "Teams",
        "the dialer",
        "order desk",
        "refund tool",
        "Citrix",
        "scanner",
    ),
)
ENDS = ("since this morning", "please help", "for several agents", "after the update", "again", "at the site", "")
STARTS = ("", "Hi, ", "Hello team, ", "User reports: ", "RE: ", "Agent says ")


def stream(seed: int, days: int = 21, bursts: int = 10) -> list[tuple[Sighting, int | None]]:
    """Return three weeks of cases with a daily rhythm and topics of different frequency, with labelled bursts."""
    dice = random.Random(seed)
    topics = [(act, system) for act in ACTS for system in SYSTEMS]
    dice.shuffle(topics)

    def text(topic: tuple[str, str]) -> str:
        act, system = topic
        if dice.random() < 0.25:
            return f"{dice.choice(STARTS)}{system}: {act} {dice.choice(ENDS)}"
        return f"{dice.choice(STARTS)}{act} {system} {dice.choice(ENDS)} {dice.choice(ENDS)}"

    cases: list[tuple[float, str, int | None]] = []
    weights = [1 / (place + 10) for place in range(len(topics))]
    for day in range(days):
        for _ in range(dice.randint(80, 120)):
            at = day * DAY + min(23.9, max(0.0, dice.gauss(12, 3))) * HOUR
            cases.append((at, text(dice.choices(topics, weights)[0]), None))
    for label in range(bursts):
        start, topic = dice.uniform(7, days) * DAY // DAY * DAY + dice.uniform(8, 16) * HOUR, dice.choice(topics)
        for _ in range(dice.randint(8, 14)):
            cases.append((start + dice.uniform(0, 40) * 60, text(topic), label))
    in_order = sorted(cases, key=lambda each: each[0])
    return [
        (Sighting(number, at, f"customer {dice.randint(0, 3000)}", {}, title), label)
        for number, (at, title, label) in enumerate(in_order)
    ]


def alerts_of(cases: list[tuple[Sighting, int | None]]) -> Iterator[Candidate]:
    scanner, alerting = Scanner(), Alerting()
    for sighting, _ in cases:
        alerting.begin(sighting.at)
        decision = alerting.decide(candidate := scanner.see(sighting))
        if candidate and decision and decision.alerts:
            yield candidate


def test_four_of_five_alerts_on_a_stream_with_text_are_right_and_four_of_five_bursts_are_found() -> None:
    cases = stream(3)
    labels = dict(enumerate(label for _, label in cases))
    found_bursts, right, count = set(), 0, 0
    for candidate in alerts_of(cases):
        burst_labels = [labels[number] for number in candidate.cases if labels[number] is not None]
        count += 1
        if len(burst_labels) * 2 > len(candidate.cases):
            right += 1
            found_bursts.add(burst_labels[0])
    assert right / count >= 0.8
    assert len(found_bursts) / 10 >= 0.8


@pytest.mark.parametrize("name", ["products around the clock", "small, with text"])
def test_four_of_nine_bursts_are_found_at_unlike_desks_with_two_alerts_a_day(name: str) -> None:
    desk = next(each for each in DESKS if each.name == name)
    score = outcome(desk, Log(desk, 1))
    assert score.found >= 4
    assert score.alerts / desk.days <= 2


def test_a_burst_needs_three_customers_and_a_busy_morning_is_not_one() -> None:
    usual = [
        Sighting(number, number * 600.0, f"c{number}", {"category": f"k{number % 7}"}) for number in range(600)
    ]
    start = usual[-1].at
    one_customer = [Sighting(1000 + n, start + n * 30, "c1", {"category": "k1", "site": "Cebu"}) for n in range(12)]
    busy = [Sighting(2000 + n, start + DAY + n * 20, f"d{n}", {"category": f"k{n % 7}"}) for n in range(70)]
    assert list(alerts_of([(each, None) for each in [*usual, *one_customer, *busy]])) == []
    several = [replace(each, customer=f"e{each.number}") for each in one_customer]
    (alert,) = alerts_of([(each, None) for each in [*usual, *several]])
    assert alert.customers >= 3
    assert dict(alert.key).get("site") == "Cebu"


def test_not_related_teaches_and_the_lesson_fades() -> None:
    candidate = Candidate(100 * DAY, (("category", "printer"),), (1, 2, 3), 3, 99.9 * DAY, 900, 6.0, 0.1)
    assert _is_alerted(candidate, [])
    dismissed = Episode(candidate.key, 98 * DAY, 98 * DAY, 5.0, {9}, 98 * DAY, is_dismissed=True)
    assert not _is_alerted(candidate, [dismissed])
    assert _is_alerted(replace(candidate, score=9.0), [dismissed])
    dismissed.last_at = 73 * DAY
    assert _is_alerted(candidate, [dismissed])


def _is_alerted(candidate: Candidate, episodes: list[Episode]) -> bool:
    alerting = Alerting()
    alerting.begin(50 * DAY)
    alerting.episodes = list(episodes)
    decision = alerting.decide(candidate)
    assert decision
    return decision.alerts


def test_a_group_is_explained_by_the_words_that_most_of_its_cases_share() -> None:
    texts = ["Cannot log in to the portal", "portal: login fails", "PORTAL log in not possible", "Portal down"]
    assert shared_terms(texts)[0] == "portal"
    assert "the" not in shared_terms(texts)


def test_surges_are_over_dispersed() -> None:
    assert abs(negative_binomial_tail(12, 4, 4) - 1.8e-2) < 1e-3
    assert abs(negative_binomial_tail(0, 4, 4) - 1.0) < 1e-9


class Meeting(Scanner):
    """A scanner that waits, at each sighting, until another scanner has one, too."""

    def __init__(self, sees: Event, other_sees: Event) -> None:
        super().__init__()
        self.sees, self.other_sees = sees, other_sees

    def see(self, sighting: Sighting) -> Candidate | None:
        self.sees.set()
        self.other_sees.wait()
        return super().see(sighting)


BURST = [(100 + n, NOON - timedelta(minutes=20 - 2 * n), "The lift is stuck again") for n in range(8)]


def _database_with_a_burst(url: str) -> Database:
    """A database whose last cases have not been compared yet."""
    store = Database(url)
    channel = escalating.alerts_channel(services())
    with store.transaction() as session:
        directory.save_channel(session, channel, "C0ALERTS")
        topics = random.Random(1).sample([f"{act} {system}" for act in ACTS for system in SYSTEMS], 40)
        quiet = [(n, NOON - timedelta(hours=200 - 4 * n), topic) for n, topic in enumerate(topics)]
        session.add_all(_case(*each, None) for each in quiet)
        session.add_all(_case(*each, NOON) for each in BURST)
    return store


def test_a_burst_that_two_replicas_find_at_once_is_proposed_once(prepared_postgres_url: str) -> None:
    store = _database_with_a_burst(prepared_postgres_url)
    first_sees, second_sees = Event(), Event()
    replicas = [_replica(store, first_sees, second_sees), _replica(store, second_sees, first_sees)]

    # The first replica has claimed the cases and is slow: a minute later the second claims them, too. However
    # busy the machine is, both see them together; if one breaks, the other goes on, and the error fails the test.
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(detecting.compare_new_cases, replicas[0], NOON)
        slow.add_done_callback(lambda _: first_sees.set())
        first_sees.wait()
        try:
            detecting.compare_new_cases(replicas[1], NOON + timedelta(minutes=2))
        finally:
            second_sees.set()
        slow.result()

    with store.reading() as session:
        (cluster,) = session.exec(select(Cluster)).all()
        alert_rows = session.exec(select(OutboxRow).where(col(OutboxRow.key).startswith("case-cluster:"))).all()
        assert len(clusters.cases_of(session, cluster.number)) == len(BURST)
    assert [row.channel_id for row in alert_rows] == ["C0ALERTS"]
    store.close()


def test_a_case_that_arrives_while_its_incident_is_merged_is_linked_to_the_one_in_which_it_continues(
    prepared_postgres_url: str,
) -> None:
    store = _database_with_a_burst(prepared_postgres_url)
    parts = {**services().parts, Detector: Detector(), Sources: Sources({}, Network(), Path())}
    floor = replace(services(), database=store, parts=parts)
    detecting.compare_new_cases(floor, NOON)
    with store.transaction() as session:
        number, target_number = declared(session), declared(session)
        [cluster] = session.exec(select(Cluster)).all()
        cluster.state, cluster.incident_id = clusters.INCIDENT, number
        session.add_all([cluster, _case(200, NOON, "The lift is stuck again", NOON)])

    with ThreadPoolExecutor() as threads:
        with store.transaction() as session:
            incident, _ = (incidents.by_number_locked(session, each) for each in (number, target_number))
            look = threads.submit(detecting.compare_new_cases, floor, NOON)
            assert wait_until(lambda: count_waiting(store) == 1, PATIENCE_S)
            change = Change(session, floor, incident, "UANA", NOON)
            linking.follow_merge(change, Merged(target_number, "", was_open=True))
        look.result()

    with store.reading() as session:
        assert "C200" in [case.name for case in case_tables.cases_of_incident(session, target_number)]
    store.close()


def _replica(store: Database, sees: Event, other_sees: Event) -> Services:
    replica = replace(services(), database=store)
    replica.parts[Detector] = Detector()
    replica.parts[Detector].scanner = Meeting(sees, other_sees)
    return replica


def _case(number: int, at: datetime, title: str, examine_at: datetime | None) -> Case:
    return Case(
        source="crm",
        external_id=f"C{number}",
        name=f"C{number}",
        customer=f"Customer {number}",
        title=title,
        opened_at=at,
        started_at=at,
        updated_at=at,
        touched_at=at,
        examine_at=examine_at,
    )
