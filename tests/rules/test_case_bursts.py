"""Similar cases: found by their traits and words, within an alert budget, and learning from "not related"."""

import csv
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
from bot.cases.rules.bursts import Candidate, Scanner, Sighting, customer_of, keys
from bot.cases.rules.counting import Occurrences
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
    dismissed.last_at = 98 * DAY
    assert _is_alerted(replace(candidate, key=(("category", "network"),)), [dismissed]), "of another trait"
    by_words = replace(candidate, key=(), score=8.0)
    assert not _is_alerted(by_words, [replace(dismissed, peak=7.5, cases={3, *range(20, 30)})])
    assert _is_alerted(by_words, [replace(dismissed, peak=7.5)]), "of other cases"


def _is_alerted(candidate: Candidate, episodes: list[Episode]) -> bool:
    alerting = Alerting()
    alerting.begin(50 * DAY)
    alerting.episodes = list(episodes)
    decision = alerting.decide(candidate)
    assert decision
    return decision.alerts


def candidate(at: float, score: float, cases: tuple[int, ...], trait: str = "") -> Candidate:
    key = (("category", trait),) if trait else ()
    return Candidate(at, key, cases, len(cases), at - 60, 900, score, 0.1)


def alerts(alerting: Alerting, each: Candidate) -> bool:
    alerting.begin(each.at)
    decision = alerting.decide(each)
    return decision is not None and decision.alerts


def test_a_burst_is_alerted_once_as_long_as_it_lasts_and_again_when_its_incident_is_over() -> None:
    alerting = Alerting()
    assert alerts(alerting, candidate(0, 9.0, (3, 2, 1)))
    assert not alerts(alerting, candidate(6 * HOUR, 9.5, (5, 4, 3)))
    (episode,) = alerting.episodes
    assert (episode.cases, episode.peak, episode.began_at, episode.last_at) == ({1, 2, 3, 4, 5}, 9.5, 0, 6 * HOUR)
    assert not alerts(alerting, candidate(5 * HOUR, 8.0, (5, 6, 7))), "it came late"
    assert (episode.peak, episode.last_at) == (9.5, 6 * HOUR)
    assert not alerts(alerting, candidate(17.9 * HOUR, 8.0, (7, 8, 9))), "twelve hours after its last case"
    assert alerting.explained_cases == frozenset()
    episode.is_over = True
    assert alerting.explained_cases == {*range(1, 10)}
    assert alerts(alerting, candidate(18 * HOUR, 11.0, (9, 10, 11)))
    assert not alerts(alerting, candidate(18 * HOUR, 10.5, (10, 12))), "the open one is continued"
    assert alerts(alerting, candidate(31 * HOUR, 11.5, (11, 13))), "half a day passed without a case"


def test_bursts_by_a_trait_are_the_same_if_the_trait_is_or_if_three_cases_in_ten_are() -> None:
    alerting = Alerting()
    assert alerts(alerting, candidate(0, 5.0, (1, 2, 3), "printer"))
    assert not alerts(alerting, candidate(HOUR, 6.0, (7, 8, 9), "printer"))
    assert not alerts(alerting, candidate(HOUR, 11.0, (*range(20, 27), 1, 2, 3), "network"))
    assert alerts(alerting, candidate(HOUR, 11.0, (*range(30, 38), 1, 2), "phones"))
    assert len(alerting.episodes) == 2


def test_a_weak_burst_is_not_recorded_and_words_must_say_more_than_a_trait() -> None:
    for trait, least in (("printer", 3.5), ("", 7.0)):
        assert Alerting().decide(candidate(0, least - 0.01, (1, 2, 3), trait)) is None
        assert alerts(Alerting(), candidate(0, least, (1, 2, 3), trait))
    assert Alerting().decide(None) is None


def test_once_two_bursts_are_alerted_in_a_day_a_third_must_surprise_more_than_both() -> None:
    def third_alerts(at: float, score: float) -> bool:
        alerting = Alerting()
        alerting.begin(-10 * DAY)
        assert alerts(alerting, candidate(0, 8.0, (1, 2), "a"))
        assert alerts(alerting, candidate(HOUR, 6.0, (3, 4), "b"))
        return alerts(alerting, candidate(at, score, (5, 6), "c"))

    assert not third_alerts(2 * HOUR, 7.9)
    assert third_alerts(2 * HOUR, 8.0)
    assert third_alerts(DAY + 60, 3.6), "the first was more than a day ago"
    assert not third_alerts(DAY - 60, 3.6)


def test_a_burst_must_surprise_as_much_as_those_that_come_twice_a_day() -> None:
    def is_alerted(score: float, days: float, extra_peaks: int) -> bool:
        alerting = Alerting()
        alerting.begin(100 * DAY)
        alerting.begin((100 - days) * DAY)
        at = 100 * DAY
        # Peaks from 4.0 upwards, as many as are allowed and some more; the oldest is forgotten.
        peaks = [4.0 + step / 10 for step in range(int(2 * max(1, days)) + extra_peaks)]
        alerting.episodes = [Episode((), 0, at - DAY - 60 * step, peak) for step, peak in enumerate(peaks)]
        alerting.episodes.append(Episode((), 0, at - 28 * DAY, 11.0))
        return alerts(alerting, candidate(at, score, (1, 2), "a"))

    assert is_alerted(3.6, 5, 0), "fewer than twice a day came so far"
    assert not is_alerted(4.1, 5, 3)
    assert is_alerted(4.2, 5, 3), "the third of those that are too many"
    assert not is_alerted(4.1, 0.1, 3), "less than a day counts as one"
    assert is_alerted(4.2, 0.1, 3)
    assert is_alerted(12.0, 5, 300)


def test_a_burst_joins_the_alerted_one_of_two_that_it_resembles_then_the_later() -> None:
    def joined(order: int, alerted_at: float | None) -> float:
        alerting = Alerting()
        first, second = Episode((), 1, 2 * HOUR, 8.0, {1}, alerted_at), Episode((), 2, 3 * HOUR, 8.0, {2})
        alerting.episodes = [first, second][::order]
        decision = alerting.decide(candidate(10 * HOUR, 9.0, (1, 2)))
        assert decision
        return decision.episode.began_at

    assert joined(1, None) == joined(-1, None) == 2
    assert joined(1, 2 * HOUR) == joined(-1, 2 * HOUR) == 1


def test_a_case_is_compared_by_each_trait_and_by_pairs_that_say_more_than_one() -> None:
    traits = {
        "site": "Cebu",
        "region": "APAC",
        "category": "printer",
        "subcategory": "ink",
        "cause": "x",
        "other": "",
    }
    pairs = {tuple(name for name, _ in key) for key in keys(traits) if len(key) == 2}
    assert {key[0][0] for key in keys(traits) if len(key) == 1} == {*traits} - {"other"}
    assert pairs == {
        ("category", "cause"),
        ("category", "region"),
        ("category", "site"),
        ("cause", "region"),
        ("cause", "site"),
        ("cause", "subcategory"),
        ("region", "subcategory"),
        ("site", "subcategory"),
    }
    assert (customer_of("Acme", "CS1"), customer_of("", "CS1")) == ("Acme", "CS1")


def found(history: int, days: float, cases: list[Sighting]) -> Candidate | None:
    """What a scanner finds with the last of these cases, after so many cases of nothing in common."""
    scanner = Scanner()
    step = days * DAY / history
    for number in range(history):
        scanner.add(Sighting(1000 + number, number * step, f"x{number}", {"category": f"k{number}"}))
    for case in cases[:-1]:
        scanner.add(case)
    return scanner.see(cases[-1])


def sightings(count: int, days: float, customers: int = 99, **facts: Any) -> list[Sighting]:
    return [
        Sighting(number, days * DAY + 60 * number, f"c{number % customers}", **facts) for number in range(count)
    ]


def test_a_burst_needs_a_history_and_a_single_trait_some_days_of_it() -> None:
    printer: dict[str, Any] = {"traits": {"category": "printer"}}
    burst = found(40, 4, sightings(4, 4, **printer))
    assert burst
    assert (burst.cases, burst.customers, burst.key) == ((3, 2, 1, 0), 4, (("category", "printer"),))
    assert (burst.at, burst.first_at, burst.window_s) == (4 * DAY + 180, 4 * DAY, 900)
    assert found(40, 4, sightings(4, 4, customers=2, **printer)) is None
    assert found(40, 4, sightings(3, 4, **printer)) is not None
    assert found(29, 4, sightings(4, 4, **printer)) is None
    assert found(40, 2.9, sightings(4, 2.9, **printer)) is None
    assert found(40, 4, sightings(4, 4, traits={"site": "Cebu"})) is None
    pair = found(40, 2, sightings(4, 2, traits={"site": "Cebu", "category": "printer"}))
    assert pair
    assert len(pair.key) == 2


def test_words_must_come_from_five_customers_and_weigh_more_than_traits_where_cases_have_words() -> None:
    words: dict[str, Any] = {"title": "screen pop blank", "text": "softphone shows nothing"}
    usual = [
        Sighting(100 + number, number * HOUR, f"u{number}", title=f"w{number}a w{number}b", text=f"t{number}")
        for number in range(60)
    ]
    burst = found(30, 1, [*usual, *sightings(5, 4, **words)])
    assert burst
    assert burst.is_text
    assert burst.cases == (4, 3, 2, 1, 0)
    assert found(30, 1, [*usual, *sightings(4, 4, **words)]) is None
    assert found(30, 1, [*usual, *sightings(6, 4, customers=4, **words)]) is None
    assert found(30, 1, [*usual[:29], *sightings(6, 4, **words)]) is None, "too few earlier texts"
    traits: dict[str, Any] = {"traits": {"category": "printer"}}
    with_words = found(40, 4, [*usual, *sightings(4, 4, title="lorem", **traits)])
    without_words = found(40, 4, [*usual, *sightings(4, 4, **traits)])
    assert with_words
    assert without_words
    assert with_words.score == pytest.approx(without_words.score - 6)
    assert not with_words.is_text


def test_a_subject_that_is_up_everywhere_is_no_surprise_at_one_site() -> None:
    def score(elsewhere: int) -> float:
        printer: dict[str, Any] = {"category": "printer"}
        usual = [
            Sighting(300 + number, number * HOUR, f"u{number}", {"site": "Cebu", "category": f"q{number}"})
            for number in range(20)
        ]
        at_other_sites = [
            Sighting(500 + number, 2 * DAY, f"e{number}", {"category": "printer", "site": f"s{number}"})
            for number in range(elsewhere)
        ]
        burst = found(40, 2, [*usual, *at_other_sites, *sightings(4, 2, traits={"site": "Cebu", **printer})])
        assert burst
        assert burst.key == (("category", "printer"), ("site", "Cebu"))
        return burst.score

    assert score(0) > 2 * score(30)


@given(
    st.lists(st.tuples(st.integers(0, 40 * 24 * 4), st.integers(0, 99)), max_size=30),
    st.integers(1, 40 * 24),
    st.integers(0, 5),
)
def test_occurrences_of_four_weeks_are_counted_in_whatever_order_they_come(
    added: list[tuple[int, int]], window_h: int, later_h: int
) -> None:
    now = 40 * DAY
    occurrences = Occurrences()
    for quarter, number in added:
        occurrences.add(quarter * HOUR / 4, number, "c")
    occurrences.add(now, 100, "c")
    at = now - later_h * HOUR
    kept = [(quarter * HOUR / 4, number, "c") for quarter, number in added if now - quarter * HOUR / 4 <= 28 * DAY]
    kept.append((now, 100, "c"))
    window = occurrences.since(at - window_h * HOUR, at)
    assert window == sorted((each for each in kept if at - window_h * HOUR < each[0] <= at), reverse=True)
    others = list(kept)
    for each in window:
        others.remove(each)

    def hours_apart(moment: float) -> int:
        apart = (int(moment // HOUR) - int(at // HOUR)) % 24
        return min(apart, 24 - apart)

    counts = occurrences.counts(window, at)
    assert (counts.within, counts.before) == (len(window), len(others))
    assert counts.at_this_hour == sum(hours_apart(moment) <= 1 for moment, _, _ in others)


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
